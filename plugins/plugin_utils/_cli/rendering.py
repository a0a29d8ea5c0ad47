# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan in each form that it can be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ansible_collections.edgeops.device_trust.plugins.module_utils._engine import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.codec import plan_as_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.text import render
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.failures import CHANGES
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.formats import Format
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import Mode, Result


def mode_for(form: Format, *, json: bool) -> Mode:
    return Mode.JSON if json or form is Format.JSON else Mode.TEXT


def plan_result(plan: Plan, form: Format, *, tell_changes: bool, **more: object) -> Result:
    """A plan as what a command comes to. ``tell_changes``: by the exit status too."""
    text = _RENDERERS[form](plan).rstrip("\n") if form in _RENDERERS else ""
    status = CHANGES if tell_changes and plan else 0
    return Result({**plan_as_data(plan), **more}, text, status, plain=form is not Format.TEXT)


def _markdown(plan: Plan) -> str:
    from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.markdown import render_markdown

    return render_markdown(plan)


def _html(plan: Plan) -> str:
    from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.html import render_html

    return render_html(plan)


_RENDERERS: Mapping[Format, Callable[[Plan], str]] = {
    Format.TEXT: render,
    Format.MARKDOWN: _markdown,
    Format.HTML: _html,
}
