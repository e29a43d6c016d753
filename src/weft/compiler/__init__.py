"""From the intent to the plan of one node: pure, one file per table, incremental with a slow oracle."""

from weft.compiler.incremental import Compiler
from weft.compiler.index import change_between
from weft.compiler.text import diff_text, plan_text
from weft.compiler.whole import compile_plan

__all__ = ["Compiler", "change_between", "compile_plan", "diff_text", "plan_text"]
