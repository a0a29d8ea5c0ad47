# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""u-blox Security Services as one system: which endpoint, whose token, which body, what answer."""

from __future__ import annotations

from typing import Any

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import (
    JSON_TYPE,
    Access,
    Answer,
    Incoming,
    json_answer,
    parse_json,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.fleet.passage import catch_up
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox import (
    auth,
    device_certificates,
    device_provisioning,
    devices,
    end_to_end,
    notifications,
    profiles,
    root_ca,
    suspicion,
    tags,
    webhooks,
    whitelist,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.api import (
    ApiError,
    Call,
    Endpoint,
    bad_request,
    not_found,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.ublox.validation import (
    Invalid,
    validated,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World

API_VERSION = "1.1.29"


def _api_version(_call: Call) -> Any:
    return {"Version": API_VERSION}


class UbloxSystem:
    """The simulated u-blox Security Services REST API."""

    name = "ublox"

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = auth.AuthTokens(world)
        self.endpoints: dict[str, Endpoint] = {
            endpoint.path: endpoint
            for endpoint in (
                *auth.endpoints(self._tokens),
                *profiles.ENDPOINTS,
                *devices.ENDPOINTS,
                *whitelist.ENDPOINTS,
                *device_provisioning.ENDPOINTS,
                *end_to_end.ENDPOINTS,
                *notifications.ENDPOINTS,
                *suspicion.ENDPOINTS,
                *root_ca.ENDPOINTS,
                *device_certificates.ENDPOINTS,
                *webhooks.ENDPOINTS,
                *tags.ENDPOINTS,
                Endpoint("/apiversion", Access.READ, _api_version),
            )
        }

    def access(self, incoming: Incoming) -> Access | None:
        """What the request would do; None for an unknown path or another method than POST."""
        endpoint = self._endpoint(incoming)
        return endpoint.access if endpoint else None

    def answer(self, incoming: Incoming) -> Answer:
        """Carry the request out, in one transaction."""
        endpoint = self._endpoint(incoming)
        catch_up(self._world)
        try:
            if endpoint is None:
                raise not_found("There is no such API")
            self._authorize(endpoint, incoming)
            with self._world.store.transaction():
                result = self._handle(endpoint, incoming)
        except ApiError as error:
            key = endpoint.message_key if endpoint and error.status != 401 else "message"
            return json_answer(error.status, {key: error.message})
        return json_answer(200, {endpoint.message_key: result} if isinstance(result, str) else result)

    def refusal(self, status: int, message: str) -> Answer:
        """An error body in the API's form."""
        return json_answer(status, {"message": message})

    def expire_tokens(self) -> None:
        """Make every AuthToken issued so far invalid."""
        self._tokens.expire_all()

    def _endpoint(self, incoming: Incoming) -> Endpoint | None:
        return self.endpoints.get(incoming.path) if incoming.method == "POST" else None

    def _authorize(self, endpoint: Endpoint, incoming: Incoming) -> None:
        token = auth.bare_token(incoming.headers.get("authorization", ""))
        settings = self._world.settings
        needed = settings.refresh_needs if endpoint.token == "refresh_needs" else endpoint.token
        if not self._tokens.accepts(token, needed):
            raise auth.not_authorized()

    def _handle(self, endpoint: Endpoint, incoming: Incoming) -> Any:
        content_type = incoming.content_type()
        if endpoint.upload and content_type == endpoint.upload.content_type:
            return endpoint.upload.handler(self._world, incoming.body)
        try:
            values = validated(_document(incoming), endpoint.fields, endpoint.rules)
        except Invalid as problem:
            raise bad_request(str(problem)) from problem
        return endpoint.handler(Call(self._world, endpoint.path, values))


def _document(incoming: Incoming) -> Any:
    """The JSON body; no body at all is an empty object."""
    if not incoming.body:
        return {}
    if incoming.content_type() != JSON_TYPE:
        raise Invalid(f"Content-Type must be {JSON_TYPE}")
    try:
        return parse_json(incoming.body)
    except ValueError as error:
        raise Invalid("The body is not valid JSON") from error
