# SPDX-License-Identifier: GPL-2.0-only
"""Arithmetic of the data files: names, numbers, + - * / and brackets."""
import ast
import operator

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class Missing(Exception):
    """There is no value, and why."""


def value(expression, names):
    """The value of a text, or of a number itself, with these names."""
    if isinstance(expression, (int, float)):
        return expression
    try:
        return compute(ast.parse(expression, mode="eval").body, names)
    except ZeroDivisionError:
        raise Missing(f"{expression} divides by 0") from None


def compute(node, names):
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](compute(node.left, names), compute(node.right, names))
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name):
        found = names.get(node.id)
        if not isinstance(found, (int, float)):
            raise Missing(f"no number {node.id}")
        return found
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")
