# SPDX-License-Identifier: GPL-2.0-only
# make          both modules, against the newest installed kernel headers
# make install  installs them and runs depmod
# make check    all tests; make demo: a legacy guest moves data over a VF
# make matrix   every kernel, end to end, and a table of what was seen
# make soak     scenarios on a machine made slow
# make bench    measures, next to the kernel's own driver; ROWS='access.* storm.vfs100'

ifneq ($(shell uname -m),x86_64)
$(error virtio-legacy-vfio is for x86-64 only; this machine is $(shell uname -m))
endif

# A package that is removed may leave its link behind, and a kernel without its headers has one, too.
KERNELS ?= /lib/modules
links := $(shell ls -d $(KERNELS)/*/build 2>/dev/null | sort -V)
whole := $(foreach link,$(links),$(if $(wildcard $(link)/Makefile),$(link)))
ifeq ($(origin KDIR),undefined)
KDIR := $(lastword $(whole))
passed := $(if $(filter-out $(KDIR),$(lastword $(links))),$(lastword $(links)))
endif
INSTALL_MOD_DIR ?= updates
KBUILD = -C $(KDIR) M=$(CURDIR) INSTALL_MOD_DIR=$(INSTALL_MOD_DIR)

.PHONY: all modules install clean check matrix soak bench demo kunit headers
all: modules

headers:
	@test -z "$(passed)" || echo "No kernel headers in $(passed)" >&2
	@test -n "$(KDIR)" || { \
	  echo "No kernel headers found: install linux-headers for the kernel, or set KDIR=" >&2; \
	  exit 1; }
	@test -e "$(KDIR)/Makefile" || { echo "No kernel headers in KDIR=$(KDIR)" >&2; exit 1; }
	@test -z "$(passed)" || echo "Building for the newest that are there: KDIR=$(KDIR)" >&2

modules: headers
	$(MAKE) $(KBUILD) modules

# Headers packages have no System.map, without which modules_install skips depmod.
install: modules
	$(MAKE) $(KBUILD) modules_install
	depmod -b "$(INSTALL_MOD_PATH)/" $$(cat $(KDIR)/include/config/kernel.release)

clean: headers
	$(MAKE) $(KBUILD) clean
	rm -rf build generated

check:
	@scripts/setup/install
	@scripts/check/run

matrix:
	@scripts/setup/install
	@scripts/check/matrix

soak:
	@scripts/setup/install
	@scripts/check/slow

bench:
	@scripts/setup/install
	@scripts/setup/install bench
	@scripts/bench/run

kunit:
	@scripts/check/run kunit host

demo:
	@scripts/lab/demo
