"""Calls a function on the main probes, in batches or one vector at a time, until what comes back has a right shape."""

from dataclasses import replace

import numpy as np

from explorer.model.clinic import misshapes, shapes
from explorer.model.clinic.calling import Outcome, Plan, row_by_row
from explorer.model.clinic.case import Case, Finding
from explorer.model.clinic.formula import FORM_OF, Form
from explorer.model.clinic.judging import judged

_ALONE = 15.0  # added to the rank where only single vectors are taken: other arguments may suit a batch


def attempted(case: Case) -> Finding:
    """Call it on the main probes and judge what comes back."""
    outcomes = [case.plan.run(probe) for probe in case.probes]
    form = _form(case, outcomes, case.plan)
    last = outcomes[3].values
    if form is None and last is not None and (three := _form(case, outcomes[:3], case.plan)) is not None:
        shape = shapes.right_shape(three, case.probes[3])
        if last.size == np.prod(shape):  # as squeeze does
            whole = [*outcomes[:3], replace(outcomes[3], values=last.reshape(shape), returned=None)]
            return misshapes.single_row(case, judged(case, whole, three), last.shape)
    if form is None:
        readable = misshapes.readable(case, outcomes)
        if readable is not None:
            return readable
        alone = row_by_row(case.plan)
        rows = [alone.run(probe) for probe in case.probes]
        row_form = _form(case, rows, alone)
        if all(o.problem == "raises" for o in (*outcomes, *rows)):
            column = replace(alone, column=True)
            columns = [column.run(probe) for probe in case.probes]
            column_form = _form(case, columns, column)
            if column_form is not None:
                alone, rows, row_form = column, columns, column_form
        square = outcomes[2].values
        guess: Form = row_form or case.wanted
        if (
            square is not None
            and square.shape == shapes.right_shape(guess, case.probes[2])
            and shapes.without_keepdims(square, case.probes[2], guess)
        ):
            return misshapes.keepdims(case, outcomes)
        if row_form == "target" and (picked := misshapes.picks_rows(case)) is not None:
            return picked
        if row_form is not None:
            told = (*case.evidence, "called with one vector at a time: it does not take a batch")
            found = judged(replace(case, plan=alone, evidence=told), rows, row_form)
            return replace(found, rank=found.rank + _ALONE)
        return misshapes.misfit(case, outcomes, rows)
    return judged(case, outcomes, form)


def _form(case: Case, outcomes: list[Outcome], plan: Plan) -> Form | None:
    """Return the form that all outcomes have, or None."""
    forms: set[Form] = set()
    for outcome, probe in zip(outcomes, case.probes, strict=False):
        values = outcome.values
        if values is None:
            return None
        shape = values.shape
        if plan.second:
            if shape != (probe.m, probe.n):
                return None
            forms.add(FORM_OF[case.kind] if case.kind else "vjp" if plan.second == "dy" else "target")
        elif shape == (probe.m, probe.n):
            forms.add("map")
        elif shape == (probe.m, probe.n, probe.n) or shapes.whole_jacobian(values, probe) is not None:
            forms.add("matrix")
        else:
            return None
    if len(forms) > 1:
        return None
    form = forms.pop()
    return None if form == "matrix" and case.kind == "forward" else form
