# SPDX-License-Identifier: GPL-2.0-only
"""A script without .py, as a module for another."""
import importlib.machinery
import importlib.util
import os

SCRIPTS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))


def load(path):
    """The module of a script, its path relative to scripts/."""
    loader = importlib.machinery.SourceFileLoader(os.path.basename(path), os.path.join(SCRIPTS, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module
