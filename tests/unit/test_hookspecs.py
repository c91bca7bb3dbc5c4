"""Every hook is one that plugins may answer."""

from __future__ import annotations

import pluggy

from govreg import hookspecs


def test_hooks_are_known_by_name_and_answered_by_plain_values():
    class Plugin:
        @hookspecs.hookimpl
        def govreg_connectors(self):
            return {"fax": "nowhere:Fax"}

    manager = pluggy.PluginManager("govreg")
    manager.add_hookspecs(hookspecs)
    manager.register(Plugin())
    manager.check_pending()
    assert manager.hook.govreg_connectors() == [{"fax": "nowhere:Fax"}]
    assert manager.hook.govreg_packs() == []
    assert manager.hook.govreg_identifier_kinds() == []
    assert manager.hook.govreg_key_providers() == []
