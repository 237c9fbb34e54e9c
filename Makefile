# vgglab's few commands. `make demo` and `make test` install what is missing on Debian, build, and run.

CONFIGURATION ?= release
BUILD := swift build -c $(CONFIGURATION)
VGGLAB := .build/$(CONFIGURATION)/vgglab

.PHONY: demo test build setup setup-tests lint format bench clean

demo: setup build
	@$(VGGLAB) run experiments/architectures.yaml experiments/resize.yaml --profile quick
	@$(VGGLAB) report

test: setup-tests lint
	$(BUILD) --build-tests --explicit-target-dependency-import-check error
	swift test -c $(CONFIGURATION) --skip-build

build: setup
	$(BUILD) --product vgglab

setup:
	@.ci/setup

setup-tests:
	@.ci/setup --tests

# The strict formatter, and the rules of the house that the compiler does not check.
lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	.ci/check-rooms

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

# Whole training steps on random data, as `vgglab bench step --help` describes.
bench: build
	$(VGGLAB) bench step --arch vgg11 --ratio 4 --resize 96 --batch 128 --steps 3
	$(VGGLAB) bench step --arch vgg11 --ratio 4 --resize 224 --batch 128 --steps 3

clean:
	rm -rf .build
