# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the control API that is about the MT20W host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.mt20w.site import CREDENTIAL, READER, Site
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.shape import Key, checked
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store


def routes(store: Store) -> dict[tuple[str, str], Callable[[Any], Any]]:
    """The requests: what the site has, other site keys, a reader (commissioned or not), a credential."""
    site = Site(store)

    def changed(work: Callable[[], None]) -> Any:
        with store.transaction():
            work()
        return site.to_json()

    def set_keys(body: Any) -> Any:
        keys = checked(body, {"site_keys": Key(list, required=True, item=str)}, "the body")["site_keys"]
        return changed(lambda: site.set_keys(keys))

    def commission(body: Any) -> Any:
        given = checked(body, READER, "a reader")
        return changed(lambda: site.commission(**given))

    def add_credential(body: Any) -> Any:
        given = checked(body, CREDENTIAL, "a credential")
        return changed(lambda: site.add_credential(**given))

    return {
        ("GET", "/mt20w"): lambda _body: site.to_json(),
        ("POST", "/mt20w/site_keys"): set_keys,
        ("POST", "/mt20w/reader"): commission,
        ("POST", "/mt20w/credential"): add_credential,
    }
