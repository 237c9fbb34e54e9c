"""The fuzzer of vgglab's inputs: see docs/fuzzing.md."""
