# vgglab's few commands. `make demo`, `make exercises` and `make test` install what is missing on Debian, build, and run.

CONFIGURATION ?= release
BUILD := swift build -c $(CONFIGURATION)
VGGLAB := .build/$(CONFIGURATION)/vgglab

.PHONY: demo exercises test build setup setup-tests lint format bench verify-archive faults faults-short fuzz fuzz-short install uninstall deb test-deb package-build clean

demo: setup build
	@$(VGGLAB) run experiments/architectures.yaml experiments/resize.yaml --profile quick
	@$(VGGLAB) report

# All runs that the report on the four exercises uses, in quick profiles, and the report in both languages: about a quarter of
# an hour on two cores. A trial that does not fit this machine is reported and skipped.
exercises: setup build
	-@$(VGGLAB) run experiments/architectures.yaml experiments/cost.yaml experiments/init.yaml \
	  experiments/resize.yaml experiments/depth.yaml --profile quick
	-@$(VGGLAB) run experiments/resize.yaml --profile quick-seeds
	@for notebook in reports/exercises.md reports/exercises.zh.md reports/mistakes.md; do \
	  [ ! -f $$notebook ] || $(VGGLAB) report $$notebook || exit 1; \
	done

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
	.ci/check-house

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

# Single layers beside the fastest matrix products, then whole training steps of the chapter's networks on both kinds of kernels and a whole epoch, on
# random data, what recording costs, and a store of ten thousand runs. `scripts/bench-against-torch` puts PyTorch beside them.
bench: build
	@$(VGGLAB) bench kernels --arch vgg11 --ratio 4 --resize 224
	@$(VGGLAB) bench kernels --arch alexnet --ratio 1 --resize 224
	@for net in "vgg11 224" "vgg11 96" "vgg16 224" "vgg19 224" "alexnet 224"; do set -- $$net; \
	  ratio=4; [ $$1 != alexnet ] || ratio=1; \
	  echo "$$1, ratio $$ratio, $$2 pixels"; \
	  for kernels in fast blas; do \
	    $(VGGLAB) bench step --arch $$1 --ratio $$ratio --resize $$2 --kernels $$kernels || exit 1; \
	  done; \
	done
	@$(VGGLAB) bench epoch --arch vgg11 --ratio 4 --resize 96
	@$(VGGLAB) bench recording --resize 96 --images 120000
	@$(VGGLAB) bench store

# The committed archive: digests, pages against their evidence, evidence against journals. `scripts/renew-archive` builds its pages anew.
verify-archive: build
	cd reports/archive/full-length && sha256sum -c --quiet SHA256SUMS
	$(VGGLAB) archive verify full-length --allow-unverified-figures --allow-other-version

# Breaks real trainings in many ways and shows that nothing is lost: an hour, or two minutes for some of each.
faults: build
	@scripts/faults

faults-short: build
	@scripts/faults --short

# Mutated inputs of every kind, ten minutes of them, or a fixed number for continuous integration: docs/fuzzing.md.
SEED ?= 1
FUZZ_SECONDS ?= 600

fuzz: build
	@scripts/fuzz --binary $(VGGLAB) --seed $(SEED) --seconds $(FUZZ_SECONDS)

fuzz-short: build
	@scripts/fuzz --binary $(VGGLAB) --seed 1 --cases 60

# What others install has the Swift runtime in it. It is compiled in a folder of its own: docs/install.md.
PREFIX ?= /usr/local
PACKAGE_BUILD := .build/package
PACKAGED := $(PACKAGE_BUILD)/$(CONFIGURATION)/vgglab

package-build: setup
	swift build -c $(CONFIGURATION) --product vgglab --static-swift-stdlib --scratch-path $(PACKAGE_BUILD)

install: package-build
	@packaging/install $(PACKAGED) $(PREFIX) $(DESTDIR)

uninstall:
	@packaging/install --remove $(PREFIX) $(DESTDIR)

# For other machines than this one: kernels for x86-64-v3 unless VGGLAB_ISA says otherwise.
deb: export VGGLAB_ISA ?= x86-64-v3
deb: package-build
	@packaging/deb $(PACKAGED)

# In a clean Debian that debootstrap makes; needs root.
test-deb:
	@packaging/test-deb $$(ls -t .build/vgglab_*.deb | head -n 1)

clean:
	rm -rf .build
