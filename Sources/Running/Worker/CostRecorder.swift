import Configurations
import Datasets
import Journals
import Processes
import Training

/// Measures what training steps cost, and records each in the journal.
struct CostRecorder {
  let journal: JournalWriter
  /// When the attempt began, by ``monotonicSeconds()``.
  let began: Double

  /// `earlierPeak` gets the largest resident memory before the timed steps, which then is counted anew.
  func measure(
    _ cost: CostSettings, _ training: TrainingConfiguration, _ dataset: Dataset, side: Int, earlierPeak: inout Int
  ) throws -> (completed: Bool, steps: Int, seconds: Double) {
    let probe = try CostProbe(configuration: training, dataset: dataset, side: side)
    var seconds = 0.0
    var steps = 0
    var isCountedAnew = false
    var interval = TimingInterval()
    let completed = try probe.run(
      warmup: cost.warmup, steps: cost.steps, shouldStop: { StopSignal.number != nil },
      ready: {
        earlierPeak = ProcessFacts.peakResidentBytes
        isCountedAnew = ProcessFacts.resetPeak()
        interval = TimingInterval()
      },
      observe: { measured in
        seconds += measured.seconds
        steps = measured.step
        interval.add(examples: measured.examples, seconds: measured.seconds)
        let epoch = Double(measured.step * measured.examples) / Double(dataset.training.count)
        func metric(_ name: MetricName, _ value: Double) -> MetricRecord {
          MetricRecord(name, step: measured.step, epoch: epoch, value: value)
        }
        var timing: EpochTimingRecord?
        var metrics = [metric(.stepSeconds, measured.seconds), metric(.stepLoss, measured.loss)]
        if measured.step == cost.steps {
          timing = interval.end()
          metrics.append(metric(.examplesPerSecond, Double(measured.step * measured.examples) / seconds))
          if isCountedAnew { metrics.append(metric(.stepPeakBytes, Double(ProcessFacts.peakResidentBytes))) }
        }
        metrics[metrics.count - 1].timing = timing
        metrics[metrics.count - 1].seconds = monotonicSeconds() - began
        metrics[metrics.count - 1].trainingSeconds = seconds
        try journal.append([
          .metric(metrics),
          .layerMetric(
            measured.layers.flatMap { layer in
              [
                LayerMetricRecord(
                  position: layer.position, .forwardSeconds, step: measured.step, value: layer.forwardSeconds),
                LayerMetricRecord(
                  position: layer.position, .backwardSeconds, step: measured.step,
                  value: layer.backwardSeconds),
              ]
            }),
        ])
      })
    return (completed, steps, seconds)
  }
}

/// How large what goes through the layers is before the first step, as the journal tells it.
func signal(of training: TrainingConfiguration, _ dataset: Dataset, side: Int) throws -> [LayerMetricRecord] {
  let state = initialState(of: training.network, training.initialization, seed: training.seed)
  let layers = try measureSignal(
    network: training.network, state: state, images: dataset.training, side: side, threads: training.threads)
  return layers.flatMap { layer in
    let values: [(name: LayerMeasure, value: Double?)] = [
      (.outputRMS, layer.outputRMS), (.outputSpread, layer.outputSpread), (.gradientRMS, layer.gradientRMS),
      (.weightRMS, layer.weightRMS), (.weightGradientRMS, layer.weightGradientRMS),
    ]
    return values.compactMap { name, value in
      value.map { LayerMetricRecord(position: layer.position, name, step: 0, value: $0) }
    }
  }
}
