# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device-trust destroy``."""

from __future__ import annotations

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.options import (
    ApplyOptions,
    ConnectionOptions,
    Documents,
    GuardOptions,
    SelectionOptions,
    VaultOptions,
    grouped,
    mode_of,
)


@grouped
def command(
    paths: Documents,
    connection: ConnectionOptions,
    vault: VaultOptions,
    selection: SelectionOptions,
    guards: GuardOptions,
    applying: ApplyOptions,
) -> None:
    """Delete what documents declare, after it was shown and confirmed.

    What they do not declare stays, and so do device profiles, which the API cannot delete. Declared ids are taken from
    the whitelist. What is 'protected: true' refuses, and so do the guards against many deletions.

    Examples:
      device-trust destroy rehearsal.yml
      device-trust destroy rehearsal.yml --only webhook --yes
      device-trust destroy rehearsal.yml --allow-delete whitelist=500

    Exit codes:
      0    everything is deleted, or was not there
      1    an error, a refusal, or changes that were not carried out
      130  interrupted (143: terminated), and not everything was done
    """
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.jobs.applying import (
        Given,
        destroy,
    )
    from ansible_collections.edgeops.device_trust.plugins.plugin_utils._cli.talk import conclude

    given = Given(connection, vault, selection, guards, applying)
    conclude(mode_of(json=applying.json, events=applying.events), lambda talk: destroy(talk, paths, given))
