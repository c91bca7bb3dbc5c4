"""Which connectors there are: a name and `module:attribute`, imported when used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from pydantic import ValidationError

from govreg.connectors.interface import Connector, Context, Session
from govreg.errors import ConfigurationProblem
from govreg.register.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectors:
    """The connectors that plugins announced."""

    announced: Mapping[str, str | Connector]
    _made: dict[str, Connector] = field(default_factory=dict, init=False, repr=False)
    _labels: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def connector(self, name: str) -> Connector:
        """The connector of that name, imported now.

        Raises:
            ConfigurationProblem: none is announced, or its module cannot be imported.
        """
        target = self.announced.get(name)
        if target is None:
            raise ConfigurationProblem(
                f"there is no connector `{name}`",
                f"installed: {', '.join(sorted(self.announced)) or 'none'}",
                "install its distribution, such as `govreg-sql` or `govreg-files`",
            )
        if not isinstance(target, str):
            return target
        if name not in self._made:
            self._made[name] = self._imported(name, target)
        return self._made[name]

    def _imported(self, name: str, target: str) -> Connector:
        module, _, attribute = target.partition(":")
        try:
            made: Connector = getattr(importlib.import_module(module), attribute)()
        except (ImportError, AttributeError) as problem:
            raise ConfigurationProblem(
                f"connector `{name}` cannot be loaded from `{target}`", str(problem)
            ) from problem
        return made

    def label(self, name: str) -> str:
        """The connector's name with the version of the distribution that brings it."""
        if name not in self._labels:
            self._labels[name] = self._label(name)
        return self._labels[name]

    def _label(self, name: str) -> str:
        target = self.announced.get(name)
        module = target if isinstance(target, str) else type(target).__module__
        package = module.partition(":")[0].partition(".")[0]
        for each in entry_points(group="govreg"):
            if each.module.partition(".")[0] == package and each.dist is not None:
                return f"{name} {each.dist.version}"
        return name

    def open(self, source: Source, context: Context) -> Session:
        """Open a source with its connector.

        Raises:
            ConfigurationProblem: no such connector, or the source's `config` is not what it wants.
            SourceProblem: the source cannot be reached.
        """
        connector = self.connector(source.connector)
        try:
            config = connector.Config.model_validate(dict(source.config))
        except ValidationError as problem:
            known = ", ".join(connector.Config.model_fields)
            lines = [
                f"`config.{'.'.join(str(part) for part in error['loc'])}`: {error['msg']}"
                for error in problem.errors(include_input=False, include_url=False)
            ]
            raise ConfigurationProblem(
                f"source `{source.name}` is not set up as connector `{source.connector}` needs",
                *lines,
                f"its settings are: {known}",
                file=source.file,
            ) from None
        return connector.open(config, context)
