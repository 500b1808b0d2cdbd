# SPDX-License-Identifier: GPL-2.0-only
"""Small trees that the static checks must refuse, and some they must accept.

Words that would make this file itself a bad one are put together here.
"""
import os
from typing import NamedTuple

CHECKS = ("layers", "subset", "spdx", "words", "size", "states", "interoperation", "promises", "script-syntax",
          "checkpatch", "kernel-doc", "objects", "modules", "sparse", "build", "probes")
TAG = "SPDX-License-" + "Identifier: GPL-2.0-only"
HASH = f"# {TAG}\n"
SLASH = f"// {TAG}\n"
STAR = f"/* {TAG} */\n"


class Case(NamedTuple):
    check: str
    name: str
    fails: str              # the result that must be `not ok`; empty: a good tree
    files: dict
    flags: str = ""         # compile the .cc files, see FLAGS of selftest


BASE = {"include/base/std.hh": SLASH + "#include <cstdint>\n",
        "include/kernel/time.h": STAR + "int kn_now(void);\n",
        "drivers/core/a.hh": SLASH + '#include "base/std.hh"\n',
        "drivers/owner/c.h": STAR + "#include <linux/pci.h>\n",
        "drivers/kernel/compat.h": STAR + "#ifdef HAVE_X\n#endif\n",
        "drivers/kernel/compat_more.h": STAR + "#ifdef HAVE_Y\n#endif\n",
        "drivers/owner/o.hh": SLASH + '#include "core/a.hh"\n'}


def layers(name, fails, path, text):
    return Case("layers", name, f"static.layers.{fails}" if fails else "",
                {**BASE, path: SLASH + text})


def subset(name, code):
    return Case("subset", name, "static.subset" if name != "good" else "",
                {"drivers/core/a.cc": SLASH + code + "\n"})


def states(name, complaint, row):
    """A header with one transition, and a page with @row."""
    table = SLASH + "{Event::retry, in(State::stalled, State::lost), State::dead, Action::reset},\n"
    return Case("states", name, complaint,
                {"drivers/owner/recovery_table.hh": table, "Documentation/recovery.md": row + "\n"})


def words(name, fails, text):
    return Case("words", name, f"static.words.{fails}" if fails else "", {"README": text + "\n"})


def interoperation(name, fails, *cells):
    page = "| a | b | c | d | e | shown by |\n|---|---|---|---|---|---|\n" + \
        "".join(f"| a | b | c | d | e | {cell} |\n" for cell in cells)
    return Case("interoperation", name, "static.interoperation" if fails else "",
                {"Documentation/interoperation.md": page,
                 "scripts/lab/groups/g.toml": HASH + '[[scenario]]\nname = "one"\n'})


def promises(name, fails, cell):
    group = "[host]\non_request = true\n"
    page = f"| promise | `make check` | `make matrix` besides |\n|---|---|---|\n| a | `h.two` | {cell} |\n"
    return Case("promises", name, "static.promises" if fails else "",
                {"Documentation/testing.md": page,
                 "scripts/lab/groups/g.toml": HASH + group + 'matrix = true\n[[scenario]]\nname = "one"\n',
                 "scripts/lab/groups/h.toml": HASH + group + '[[scenario]]\nname = "two"\n'})


def script(name, fails, path, text):
    both = {"good.sh": "#!/bin/sh\n" + HASH + "echo good\n", "good.py": HASH + "VALUE = 1\n"}
    return Case("script-syntax", name, f"static.{fails}" if fails else "", {**both, path: text})


def kernel_doc(name, fails, path, function, parameter, rest):
    return Case("kernel-doc", name, f"static.{fails}" if fails else "",
                {path: STAR + f"/**\n * {function}() - do\n * {parameter}: it\n *\n * {rest}\n */\nvoid {function}(int b);\n"})


def objects(name, fails, code, flags="good", path="drivers/core/a.cc"):
    others = {"include/kernel/time.h": STAR + "int kn_now(void);\n",
              "drivers/owner/x.cc": SLASH + 'extern "C" int kn_now(); int owner_thing() { return kn_now(); }\n',
              "drivers/core/b.cc": SLASH + "int core_thing() { return 1; }\n",
              "drivers/member/m.cc": SLASH + "int core_thing(); int member_thing() { return core_thing(); }\n"}
    return Case("objects", name, f"objects.{fails}" if fails else "",
                {**others, path: SLASH + code + "\n"}, flags)


KBUILD = "obj-m := a.o\n"
MAKEFILE = """KDIR ?= $(patsubst %/Makefile,%,$(lastword $(sort $(wildcard /lib/modules/*/build/Makefile))))
modules clean:
\t$(MAKE) -C $(KDIR) M=$(CURDIR) $@
"""
MODULE = STAR + '#include <linux/module.h>\n%s\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("x");\n'


def module(check, name, fails, code):
    return Case(check, name, fails, {"Makefile": MAKEFILE, "Kbuild": KBUILD, "a.c": MODULE % code})


def probes(name, fails, path="Kbuild", old="", new=""):
    """The tree's own files, with one mistake in one of them."""
    files = {}
    compat = ("compat", "compat_vfio", "compat_admin", "compat_event", "compat_intx")
    for each in ("Kbuild", *(f"drivers/kernel/{part}.h" for part in compat)):
        with open(os.path.join(os.path.dirname(__file__), "../../..", each), encoding="utf-8") as file:
            files[each] = file.read()
    # With a word that is not there any more the tree stays good, and the case fails.
    files[path] = files[path].replace(old, new)
    return Case("probes", name, f"static.probes.{fails}" if fails else "", files)


CASES = [
    layers("good", "", "drivers/member/m.cc", '#include "core/a.hh"\n#include "kernel/time.h"\n'),
    layers("member-sees-owner", "order", "drivers/member/m.cc", '#include "owner/o.hh"\n'),
    layers("wire-sees-kernel", "order", "include/wire/w.hh", '#include "kernel/time.h"\n'),
    layers("base-sees-core", "order", "include/base/b.hh", '#include "core/a.hh"\n'),
    layers("unknown-file", "order", "drivers/core/c.cc", '#include "core/none.hh"\n'),
    layers("kernel-header", "kernel-headers", "drivers/core/c.cc", "#include <linux/types.h>\n"),
    layers("c-header", "kernel-headers", "drivers/owner/p.hh", '#include "owner/c.h"\n'),
    layers("glue", "", "drivers/owner/main.c", '#include "kernel/compat.h"\n#include "c.h"\n'),
    layers("shared-header", "kernel-headers", "include/owner/x.h", "#include <linux/pci.h>\n"),
    layers("standard-header", "standard-headers", "drivers/core/c.cc", "#include <array>\n"),
    layers("macro", "macros", "include/kernel/x.h", "#define ACQUIRE(lock) lock\n"),
    layers("own-macro", "", "include/kernel/x.h", "#ifndef KERNEL_X_H\n#define KERNEL_X_H\n#define KN_X 1\n#endif\n"),
    layers("version", "conditionals", "drivers/kernel/k.c", "#if LINUX_VERSION_CODE > 1\n#endif\n"),
    layers("feature", "conditionals", "drivers/owner/main.c", "#ifdef HAVE_THING\n#endif\n"),
    Case("layers", "nothing", "static.layers.files", {"README": "x\n"}),

    subset("good", "struct A { A(const A &) = delete; }; // no throw, no new X\n"
           "A *f(void *p) { return ::new (p) A; }"),
    subset("throw", "void f() { throw 1; }"),
    subset("new", "int *f() { return new int; }"),
    subset("delete", "void f(int *p) { delete p; }"),
    subset("virtual-destructor", "struct A { virtual ~A(); };"),
    subset("unreachable", "void f() { __builtin_unreachable(); }"),
    subset("packed", "struct [[gnu::packed]] A { int a; };"),

    Case("spdx", "good", "", {"a.sh": "#!/bin/sh\n" + HASH, "a.h": STAR}),
    Case("spdx", "none", "static.spdx", {"a.sh": "#!/bin/sh\necho\n"}),
    Case("spdx", "late", "static.spdx", {"a.h": "int a;\n" + STAR}),
    Case("spdx", "other", "static.spdx", {"a.h": STAR.replace("-only", "-or-later")}),

    words("good", "", "see $HOME/x and ${TMPDIR}/" + "tmp/x, https://docs.oasis-open.org"),
    words("home", "paths", "see /ro" + "ot/thing"),
    words("temporary", "temporary-paths", "see /t" + "mp/thing"),
    words("mirror", "hosts", "from deb" + ".debian.org"),
    words("workflow", "workflow", "for iss" + "ue 12"),

    states("good", "", "| `retry` | `stalled`, `lost` | `dead` | `reset` |"),
    states("lacking", "static.states", "| `retry` | `stalled` | `dead` | `reset` |"),
    states("other", "static.states", "| `retry` | `stalled`, `lost` | `dead` | `none` |"),
    states("more", "static.states", "| `retry` | `stalled`, `lost`, `live` | `dead` | `reset` |"),

    Case("size", "good", "", {"a.c": "x\n" * 500}),
    Case("size", "long", "static.size", {"a.c": "x\n" * 501}),

    interoperation("good", False, "`g.one`", "cannot be: nothing `like` it", "not run: it is `like` one"),
    interoperation("unreasoned", True, "not run:"),
    interoperation("unknown", True, "`g.one`, `g.two`"),
    interoperation("empty", True, "yes"),
    interoperation("nothing", True),

    promises("good", False, "`g.one`, `some/h.file`"),
    promises("not-run", True, "`h.two`"),
    promises("unknown", True, "`g.three`"),

    script("good", "", "more.sh", "#!/bin/bash\n" + HASH + 'echo "$1"\n'),
    script("unquoted", "shellcheck", "bad.sh", "#!/bin/sh\n" + HASH + "rm $1\n"),
    script("python-syntax", "python", "bad.py", HASH + "def f(:\n"),
    script("python-name", "python", "bad.py", HASH + "def f():\n    return undefined_thing\n"),
    script("python-import", "python", "bad.py", HASH + "import os\n"),

    Case("checkpatch", "good", "", {"a.c": SLASH + "int a;\n"}),
    Case("checkpatch", "spaces", "static.checkpatch", {"a.c": SLASH + "int a(void)\n{\n  return 1;\n}\n"}),
    Case("checkpatch", "nothing", "static.checkpatch", {"README": "x\n"}),

    kernel_doc("good", "", "include/kernel/a.h", "kn_a", "@b", "Context: any."),
    kernel_doc("as-another", "", "include/owner/a.h", "virtio_owner_a", "@b", "Context and return: as kn_a()."),
    kernel_doc("parameter", "kernel-doc", "include/kernel/a.h", "kn_a", "@c", "Context: any."),
    kernel_doc("no-context", "kernel-doc.context", "include/kernel/a.h", "kn_a", "@b", "Return: none."),
    kernel_doc("no-context-of-entry", "kernel-doc.context", "drivers/member/exports.h", "virtio_legacy_a", "@b", "None."),
    Case("kernel-doc", "missing", "static.kernel-doc.contract",
         {"include/kernel/a.h": STAR + "void kn_a(int b);\n"}),
    Case("kernel-doc", "missing-entry", "static.kernel-doc.contract",
         {"drivers/owner/exports.h": STAR + "void virtio_owner_a(int b);\n"}),

    objects("good", "", "int core_thing(); int f() { return core_thing(); }"),
    objects("core-needs-owner", "symbols.core", "int owner_thing(); int f() { return owner_thing(); }"),
    objects("core-needs-owner", "symbols.core", "int owner_thing(); int f() { return owner_thing(); }"),
    objects("member-needs-owner", "symbols.member", "int owner_thing(); int f() { return owner_thing(); }",
            path="drivers/member/n.cc"),
    objects("unknown-symbol", "symbols.owner", 'extern "C" int printk(); int f() { return printk(); }',
            path="drivers/owner/n.cc"),
    objects("constructor", "run-time", "int core_thing(); int x = core_thing();"),
    objects("guard", "run-time", "int core_thing(); int f() { static int x = core_thing(); return x; }"),
    objects("weak", "run-time", "int core_thing(); inline int g() { return core_thing(); }\n"
            "int (*f())() { return g; }", "bad"),
    Case("objects", "unbuilt", "objects.built", {"drivers/core/a.cc": SLASH}),

    Case("modules", "unbuilt", "objects.modules.built", {"README": "x\n"}),

    module("sparse", "good", "", ""),
    module("sparse", "null", "static.sparse", "void *a(void);\nvoid *a(void) { return 0; }"),
    module("build", "good", "", ""),
    probes("good", ""),
    probes("unprobed-member", "6.2-to-6.5", old="-has,detach_ioas,", new="-has,bind_iommufd,"),
    probes("member-not-set", "6.2-to-6.5", old="-has,bind_iommufd,", new="-has,detach_ioas,"),
    probes("moved-field-found", "irq-type-moved", old="-has,irq_type;,", new="-has,pdev;,"),
    probes("moved-listeners-found", "listeners-moved", old="-has,vfio_virqfd_flush_thread,", new="-has,struct virqfd,"),
    probes("mapping-not-found", "7.3", old="-has,vfio_pci_core_get_iomap,", new="-has,none,"),
    module("build", "warning", "build.warnings", "static int unused(void) { return 0; }"),
]
