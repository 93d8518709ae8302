"""CloudFormation's YAML, and its functions: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::If and conditions.

Values are resolved when they are asked for, so that what the laptop has no use for (alarms, roles)
may use anything. What is used and cannot be resolved is a TemplateError, never a guess.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")
_NO_VALUE = object()


class TemplateError(ValueError):
    """The template cannot be read; the text says where and why."""


# Ten times as fast, where PyYAML was built with it.
_FastLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FastLoader):  # type: ignore[misc,valid-type]
    """YAML with CloudFormation's short tags. Dates stay text, a key given twice is an error."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _construct_short(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _construct_mapping(loader, node)
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


def _construct_mapping(loader: _Loader, node: yaml.Node) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise TemplateError("A mapping is expected.")
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise TemplateError(f"Line {node.start_mark.line + 1}: {twice} is given twice.")
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return mapping


_Loader.add_multi_constructor("!", _construct_short)
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def parse_yaml(text: str) -> Any:
    """The document with tags in their long form ({"Fn::Sub": ...}); JSON is read as well.

    Raises TemplateError for what is no YAML.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise TemplateError(f"The template is no YAML: {error}") from None
    finally:
        loader.dispose()


class Resolver:
    """Resolves a template's values.

    `values` are what a Ref to a parameter or pseudo parameter gives; `find` gives a resource's
    attribute by logical id ("" for what Ref gives) and raises KeyError where it knows none.
    """

    def __init__(
        self,
        *,
        values: Mapping[str, Any],
        conditions: Mapping[str, Any],
        find: Callable[[str, str], str],
    ) -> None:
        self._values = values
        self._conditions = conditions
        self._find = find
        self._open: list[str] = []
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
        }

    def resolve(self, value: Any) -> Any:
        """The value with every function in it replaced; members that are AWS::NoValue are left out.

        Raises TemplateError.
        """
        resolved = self._resolve(value)
        return None if resolved is _NO_VALUE else resolved

    def holds(self, condition: Any) -> bool:
        """Whether a condition, given by name or written out, holds. Raises TemplateError."""
        match condition:
            case str() as name:
                if name not in self._conditions:
                    raise TemplateError(f"There is no condition {name}.")
                if name in self._open:
                    raise TemplateError(f"The condition {name} depends on itself.")
                self._open.append(name)
                try:
                    return self.holds(self._conditions[name])
                finally:
                    self._open.pop()
            case {"Condition": str() as name}:
                return self.holds(name)
            case {"Fn::Equals": [first, second]}:
                return _text(self._resolve(first)) == _text(self._resolve(second))
            case {"Fn::Not": [inner]}:
                return not self.holds(inner)
            case {"Fn::And": [*inner]}:
                return all(self.holds(one) for one in inner)
            case {"Fn::Or": [*inner]}:
                return any(self.holds(one) for one in inner)
            case _:
                raise TemplateError(f"{condition} is no condition.")

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [member for member in map(self._resolve, value) if member is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in self._functions:
                return self._functions[name](argument)
            if isinstance(name, str) and name.startswith("Fn::"):
                raise TemplateError(f"{name} is not understood here.")
        members = {name: self._resolve(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not _NO_VALUE}

    def _ref(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        return self._attribute(str(name), "")

    def _get_att(self, argument: Any) -> str:
        match argument:
            case [str() as name, str() as attribute]:
                return self._attribute(name, attribute)
            case str() if "." in argument:
                return self._attribute(*argument.split(".", 1))
            case _:
                raise TemplateError(f"Fn::GetAtt needs a resource and an attribute, not {argument}.")

    def _attribute(self, name: str, attribute: str) -> str:
        try:
            return self._find(name, attribute)
        except KeyError:
            what = f"{name}.{attribute}" if attribute else name
            raise TemplateError(f"{what} is referred to, and there is no such thing.") from None

    def _sub(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        local = {name: self._resolve(value) for name, value in given.items()}

        def replace(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in local:
                return _text(local[name])
            if name in self._values or "." not in name:
                return _text(self._ref(name))
            return self._attribute(*name.split(".", 1))

        return _PLACEHOLDER.sub(replace, text)

    def _join(self, argument: Any) -> str:
        separator, members = argument
        return str(separator).join(_text(member) for member in self._resolve(members))

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self._resolve(then if self.holds(condition) else otherwise)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return "" if value is None else str(value)
