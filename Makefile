# make demo    installs what is missing, builds, plays the founding trial, says where the report is
# make test    installs what is missing and runs everything; ends with "N passed, N failed"
# make         builds build/src/cli/equipoise

BUILD = build
PROGRAM = $(BUILD)/src/cli/equipoise

all: packages $(BUILD)/build.ninja
	ninja -C $(BUILD)

packages:
	@tools/packages build

$(BUILD)/build.ninja:
	meson setup $(BUILD)

demo: all
	@tools/demo $(PROGRAM) demo

test:
	@tools/packages build test
	@tools/test

# the quick round while working: unit tests of the debug build
check: all
	./$(BUILD)/tests/equipoise-tests

# what agrees with SAS, R, NIST and closed forms, quantity by quantity, and what does not
agreement: all
	@./$(BUILD)/tests/equipoise-tests --agreement

bench: all
	$(BUILD)/bench/bench-commands $(PROGRAM) . $${EQUIPOISE_DATA:-../shared/data}
	$(BUILD)/bench/bench-exchange

install: all
	meson install -C $(BUILD)

clean:
	rm -rf build build-* demo

.PHONY: all packages demo test check agreement bench install clean
