# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that everything for the CalAmp Device Password Manager shares."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Base URL of the Device Password Manager.
      - Plain V(http) is accepted for this machine only (a sandbox).
    type: str
    default: https://connect.calamp.com
  username:
    description:
      - The user of a PULS or CTC account who may retrieve passwords.
      - Must be set in one of the ways.
    type: str
  password:
    description:
      - The password of O(username).
      - Must be set in one of the ways.
    type: str
  app_key:
    description:
      - The key that is sent in the header C(x-app-key).
      - Must be set in one of the ways.
    type: str
  timeout:
    description: Seconds that one request may take, from connecting to the last byte.
    type: float
    default: 30
  deadline:
    description:
      - Seconds that one request may take with all its repetitions.
      - A service that rejects a request for coming too soon, with 429 or in its own words, is asked again until then.
    type: float
    default: 90
  ca_bundle:
    description: A file with the CA certificates to trust (PEM), instead of the system's.
    type: path
  proxy:
    description:
      - URL of an HTTP proxy.
      - Without it the environment decides (E(HTTPS_PROXY), E(NO_PROXY)); requests to this machine never use a
        proxy.
    type: str
  rate_share:
    description:
      - The part of the service's rate that this machine may use, when several machines work with the same account.
      - With four job slices on four machines it is V(0.25) on each. What is rejected all the same is sent again.
    type: float
    default: 1
requirements:
  - httpx >= 0.27
notes:
  - All tasks and lookups of one run, in whatever fork, share one conversation with the service. A process on the
    controller has it, which signs in once, and signs out and ends when the run ends, also when it is killed.
  - The service takes one request each 100 milliseconds. All processes of one user on this machine that talk
    to it share this pace.
  - What these processes share, the times of requests and a socket, is in C(edgeops-device-trust) in E(XDG_RUNTIME_DIR),
    else in C(/run/user/<uid>), else in a directory of the user in the temporary directory. Nobody else can enter it,
    and no password is in it.
"""

    # For plugins whose options Ansible itself takes from these places; the same hold for the action.
    PLUGINS = r"""
options:
  api_url:
    env:
      - name: CALAMP_API_URL
    vars:
      - name: calamp_api_url
  username:
    env:
      - name: CALAMP_USERNAME
    vars:
      - name: calamp_username
  password:
    env:
      - name: CALAMP_PASSWORD
    vars:
      - name: calamp_password
  app_key:
    env:
      - name: CALAMP_APP_KEY
    vars:
      - name: calamp_app_key
  timeout:
    env:
      - name: CALAMP_TIMEOUT
    vars:
      - name: calamp_timeout
  deadline:
    env:
      - name: CALAMP_DEADLINE
    vars:
      - name: calamp_deadline
  ca_bundle:
    env:
      - name: CALAMP_CA_BUNDLE
    vars:
      - name: calamp_ca_bundle
  proxy:
    env:
      - name: CALAMP_PROXY
    vars:
      - name: calamp_proxy
  rate_share:
    env:
      - name: CALAMP_RATE_SHARE
    vars:
      - name: calamp_rate_share
"""

    ACTION = r"""
options: {}
notes:
  - The connection options are also taken from variables (V(calamp_api_url), V(calamp_username),
    V(calamp_password), V(calamp_app_key), V(calamp_timeout), V(calamp_deadline), V(calamp_ca_bundle),
    V(calamp_proxy), V(calamp_rate_share)) and then from the
    environment (E(CALAMP_API_URL), E(CALAMP_USERNAME), E(CALAMP_PASSWORD),
    E(CALAMP_APP_KEY), E(CALAMP_TIMEOUT), E(CALAMP_DEADLINE), E(CALAMP_CA_BUNDLE), E(CALAMP_PROXY),
    E(CALAMP_RATE_SHARE)).
"""
