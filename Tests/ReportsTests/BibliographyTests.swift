import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// Citations however they are written, and bibliographies as BibTeX reads them.
@Suite struct BibliographyTests {
  static let works = #"""
    @string{pub = {A Press}}
    @article{touvron, author={Touvron, Hugo and others}, title={LLaMA}, year=2023, month = may, publisher = pub}
    @book{who, author={{World Health Organization} and {Barnes and Noble}}, title={Health {\&} $\alpha$-rays}, year=2020}
    @article{maaten, author={Laurens van der Maaten and Geoffrey Hinton and d'Alembert, Jean}, title={t-SNE}, year=2008,
      url={http://h/~u/a--b}}
    @article{same, author={van der Maaten, Jr, Laurens}, title={Other}, year=2009, doi={https://doi.org/10.1/x_y}}
    @misc(dj, author={{\DJ}or{\dj}e Pe{\v c}i\'c and \AA ngstr{\"o}m, \O le and Nov{\'a}k, Ji{\v r}{\'\i}}, title={\strange{Kept} text}, year=1)
    @article{同名, author={李沐}, title={名}, year=2021}
    @article{Müller2024, author={Müller, Ä}, title={M}, year=2024}
    @inproceedings{child, author={Child, A.}, title={A part}, crossref={parent}}
    @proceedings{parent, title={The whole}, year=1999, publisher={P}}
    """#

  static func render(_ text: String) throws -> MarkupTests.Outputs {
    try MarkupTests.render("---\nbibliography: w.bib\n---\n" + text, bibliography: works)
  }

  static func item(_ found: MarkupTests.Outputs, _ key: String) -> String {
    let rest = found.body.components(separatedBy: "<li id=\"ref-\(key)\">").last ?? ""
    return (rest.components(separatedBy: "</li>").first ?? "").replacing(/<[^>]*>/, with: "")
  }

  @Test func namesAsBibTeXReadsThem() throws {
    let found = try Self.render("[@touvron] [@who] [@maaten] [@same] [@dj] [@同名] [@Müller2024] [@child]\n")
    let text = found.body.replacing(/<[^>]*>/, with: "")
    for label in [
      "(Touvron et al., 2023)", "(World Health Organization &amp; Barnes and Noble, 2020)",
      "(van der Maaten et al., 2008)",
      "(van der Maaten, 2009)", "(Pečić et al., 1)", "(李沐, 2021)", "(Müller, 2024)", "(Child, 1999)",
    ] {
      #expect(text.contains(label), "\(label)")
    }
    #expect(Self.item(found, "touvron").hasPrefix("Touvron, Hugo; et al. (2023). LLaMA. A Press"))
    #expect(Self.item(found, "who") == "World Health Organization; Barnes and Noble (2020). Health &amp; α-rays.")
    #expect(
      Self.item(found, "maaten")
        == "van der Maaten, Laurens; Hinton, Geoffrey; d&#39;Alembert, Jean (2008). t-SNE. http://h/~u/a--b")
    #expect(Self.item(found, "same") == "van der Maaten, Laurens, Jr (2009). Other. https://doi.org/10.1/x_y")
    #expect(Self.item(found, "dj") == "Pečić, Đorđe; Ångström, Øle; Novák, Jiří (1). Kept text.")
    #expect(Self.item(found, "child") == "Child, A. (1999). A part. The whole, P.")
    #expect(
      found.report.warnings.map { $0.components(separatedBy: "/").last ?? "" } == [
        "w.bib:7: dj: \\strange is left out; write what it says in Unicode"
      ])
  }

  @Test func addressesKeepWhatTheyHave() throws {
    let works = #"""
      @misc{w, author={A}, title={T}, year=1, url={https://h/wiki/Dropout_(neural_networks)}}
      @article{d, author={B}, title={T}, year=2, doi={10.1016/S0893-6080(05)80023-1}}
      @article{s, author={C}, title={T}, year=3, doi={10.1002/1097<1661::AID>3.0.CO;2-#}}
      @misc{n, author={D}, title={T}, year=4, url={javascript:alert(1)}}
      @misc{v, author={E}, title={T}, year=5, howpublished={https://h/page, accessed 1 May 2020}}
      """#
    let found = try MarkupTests.render(
      "---\nbibliography: w.bib\n---\n[@w] [@d] [@s] [@n] [@v]\n", bibliography: works)
    for address in [
      "https://h/wiki/Dropout_%28neural_networks%29", "https://doi.org/10.1016/S0893-6080%2805%2980023-1",
      "https://doi.org/10.1002/1097%3C1661::AID%3E3.0.CO;2-#", "https://h/page",
    ] {
      #expect(found.body.contains("href=\"\(address)\""), "\(found.body)")
    }
    #expect(!found.body.contains("javascript") && found.body.contains("accessed 1 May 2020"))
  }

  @Test func aCrossrefThatLeadsNowhereIsReported() throws {
    let works = """
      @inproceedings{c, author={A}, title={T}, year=1, crossref={nowhere}}
      @book{d, title={D}, crossref={none}}
      """
    let found = try MarkupTests.render("---\nbibliography: w.bib\n---\n[@c]\n", bibliography: works)
    #expect(
      found.report.warnings.map { $0.components(separatedBy: "/").last ?? "" } == [
        "w.bib:1: c: its crossref \"nowhere\" is no entry of the bibliography; what it has from there is missing"
      ])
  }

  @Test func citationsHoweverTheyAreWritten() throws {
    let long = (0..<40).map { _ in "@touvron" }.joined(separator: "; ")
    let found = try Self.render(
      "A [see @touvron, p. 3; -@maaten] b [@touvron p. 3] c [@touvron;\n@maaten] d @touvron says. e [\(long)] f a@touvron.org\n\n| [@touvron, Table 2] |\n|---|\n\n*[@touvron]* [a [@x](#y)](#z) [text, see @touvron](#x)\n"
    )
    let text = found.body.replacing(/<[^>]*>/, with: "")
    for part in [
      "A (see Touvron et al., 2023, p. 3; 2008) b", "b (Touvron et al., 2023, p. 3) c",
      "c (Touvron et al., 2023; van der Maaten et al., 2008) d", "d Touvron et al. (2023) says.", "a@touvron.org",
      "(Touvron et al., 2023, Table 2)", "text, see Touvron et al. (2023)",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(found.body.contains("<em>(<a href=\"#ref-touvron\">") && !text.contains("[@touvron"))
    #expect(found.markdown.contains("([see Touvron et al., 2023, p. 3](#ref-touvron); [2008](#ref-maaten))"))
  }

  @Test func unknownKeysAreErrors() {
    #expect(throws: NotebookError.self) { try Self.render("[@touvrom]\n") }
    #expect(throws: NotebookError.self) { try Self.render("[see @nobody]\n") }
  }
}
