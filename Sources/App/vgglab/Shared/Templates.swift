/// The commented templates that `vgglab new` writes. They need no file of the project.
enum Templates {
  /// An experiment of a name: two trials, a profile of some minutes, and a sweep over seeds.
  static func experiment(_ name: String) -> String {
    """
    # An experiment is one question and the trials that answer it.
    #   vgglab plan NAME.yaml                    what would be run, and what it would cost
    #   vgglab run NAME.yaml --profile quick     some minutes; without --profile the whole of it
    #   vgglab compare images-96 images-64
    # A run that was interrupted goes on when the same command is given again.
    schema: 1
    experiment: \(name)
    question: Do smaller images cost accuracy?

    # Every value below is of all trials; a trial overrides what it names.
    # fashion-mnist is Debian's package dataset-fashion-mnist, or a folder given by --data.
    dataset: {name: fashion-mnist, resize: 96}
    # vgg11, vgg13, vgg16, vgg19, alexnet, … ; ratio divides the channels. `vgglab summary vgg11 --ratio 4` shows the network.
    network: {arch: vgg11, ratio: 4}
    training: {epochs: 10, batch_size: 128, learning_rate: 0.05, seed: 0}

    trials:
      - name: images-96
      - {name: images-64, dataset: {resize: 64}}

    profiles:
      # Fewer images and epochs, and a recipe that learns in few steps.
      quick:
        dataset: {train: 4096, test: 1000}
        training: {epochs: 2, batch_size: 32, learning_rate: 0.01, momentum: 0.9}
      # One training says little: three of each, which differ in the seed alone.
      seeds:
        sweep: {training.seed: [0, 1, 2]}

    """.replacing("NAME.yaml", with: "\(name).yaml")
  }

  /// A notebook of a name over whatever runs a store has.
  static func notebook(_ name: String) -> String {
    """
    ---
    title: What the runs of this store say
    subtitle: Every number below comes from a query; vgglab verify computes all of it again
    lang: en
    parameters: {least: 0.5}
    ---

    <!-- A notebook is Markdown with cells: fenced blocks of SQL over the store. `vgglab query "SELECT …"` tries a query;
         the tables are documented with the store. Build the page:
           vgglab report \(name).md
           vgglab verify .vgglab/reports/\(name)
    -->

    ```{query runs}
    --| view: true
    SELECT * FROM trial_summary ORDER BY test_accuracy DESC
    ```

    ```{query count}
    SELECT count(*) AS runs, max(test_accuracy) AS best FROM runs
    ```

    ## Results

    The store has {{count.runs}} complete trials.

    ```{table results}
    --| caption: The newest complete run of each trial, the best first.
    --| columns: experiment; trial; epochs; train_loss=train loss:%.3f; train_accuracy=train accuracy:%.3f; test_accuracy=test accuracy:%.3f; examples_per_second=images/s:%.0f
    --| otherwise: There are no complete runs yet.
    SELECT experiment, trial, epochs, train_loss, train_accuracy, test_accuracy, examples_per_second FROM runs
    ```

    ```{curves training}
    --| caption: Training loss and test accuracy over the epochs.
    --| otherwise: There is nothing to draw yet.
    SELECT r.trial, m.name AS metric, m.epoch, m.value
    FROM runs AS r JOIN latest_metric AS m ON m.run = r.run
    WHERE m.name IN ('train_loss', 'test_accuracy') ORDER BY r.trial, m.name, m.epoch
    ```

    ## A claim

    A claim is a sentence and the query that decides it: supported, refuted, or not enough evidence.

    ```{claim learned}
    --| says: Every trial classifies more test images correctly than the parameter asks for.
    --| otherwise: No run decides this yet.
    SELECT min(test_accuracy) > :least AS holds, min(test_accuracy) AS effect FROM runs HAVING count(*) > 0
    ```

    ## Where this comes from

    ```{provenance origin}
    --| caption: The runs that this page depends on.
    --| otherwise: No runs.
    SELECT run FROM runs
    ```

    """
  }
}
