"""Payloads made from their own schema: one that is right, and any number that are wrong."""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

Schema = dict[str, Any]
Json = dict[str, Any]

# A value of each JSON type. Lone surrogates, NUL and too deep nesting are wrong wherever they are; see `poison`.
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(min_value=-(10**300), max_value=10**300),
    "number": st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.5 if value == 0 else value),
    "string": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    "array": st.lists(st.none() | st.integers() | st.just({}), max_size=3),
    "object": st.dictionaries(st.sampled_from(["a", "widgetId", "__proto__"]), st.integers(), max_size=2),
}


def nested(depth: int) -> Any:
    value: Any = "deep"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


poison = st.sampled_from(["\0", "a\0b", "\ud800", "x\udfffy", nested(25), nested(60), {"\ud83d": 1}, ["\0"]])


def resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def alternatives(schema: Schema, root: Schema) -> list[Schema]:
    schema = resolved(schema, root)
    choices = schema.get("anyOf") or schema.get("oneOf")
    return [one for choice in choices for one in alternatives(choice, root)] if choices else [schema]


def valid(model: type[BaseModel], **known: Any) -> Json:
    """The smallest payload that fits, with known values where it has fields of their names."""
    root = model.model_json_schema()
    found: Json = _valid(root, root, known)
    return found | {name: value for name, value in known.items() if name in root.get("properties", {})}


def _valid(schema: Schema, root: Schema, known: Json) -> Any:
    schema = alternatives(schema, root)[0]
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    makers: dict[str, Callable[[], Any]] = {
        "object": lambda: {
            name: known[name] if name in known else _valid(schema["properties"][name], root, known)
            for name in schema.get("required", ())
        },
        "array": lambda: [_valid(schema.get("items", {}), root, known)] * schema.get("minItems", 0),
        "string": lambda: "x" * max(1, schema.get("minLength", 0)),
        "integer": lambda: schema.get("minimum", 0),
        "number": lambda: schema.get("minimum", 0),
        "boolean": lambda: True,
    }
    return makers.get(schema.get("type", ""), lambda: None)()


@st.composite
def junk(draw: st.DrawFn, model: type[BaseModel], known: Json) -> Any:
    """What no handler may take: not an object, a field missing or wrong, or something that cannot be stored."""
    root = model.model_json_schema()
    payload = valid(model, **known)
    faults = list(_faults(root, root, ()))
    way = (
        draw(st.sampled_from(["field"] * 6 + ["poison", "shape"]))
        if faults
        else draw(st.sampled_from(["poison", "shape"]))
    )
    if way == "shape":
        return draw(st.one_of(OF_TYPE["integer"], OF_TYPE["string"], OF_TYPE["array"], st.booleans()))
    if way == "poison":
        return {**payload, draw(st.sampled_from(["more", *payload])): draw(poison)}
    path, value = draw(st.sampled_from(faults))
    return _with(payload, path, draw(value) if value is not None else None, missing=value is None)


Fault = tuple[tuple[str, ...], st.SearchStrategy[Any] | None]


def _faults(schema: Schema, root: Schema, path: tuple[str, ...]) -> Iterator[Fault]:
    """Every place in the payload with what is wrong there; None stands for leaving it out."""
    for name in schema.get("required", ()):
        yield ((*path, name), None)
    for name, field in schema.get("properties", {}).items():
        allowed = alternatives(field, root)
        wrong = _wrong(allowed)
        if wrong:
            yield ((*path, name), st.one_of(wrong))
        if len(allowed) == 1 and allowed[0].get("type") == "object" and name in schema.get("required", ()):
            yield from _faults(allowed[0], root, (*path, name))


def _wrong(allowed: list[Schema]) -> list[st.SearchStrategy[Any]]:
    types = {schema.get("type", "") for schema in allowed}
    if "" in types:
        return []
    types |= {"integer"} if "number" in types else set()
    wrong = [values for name, values in OF_TYPE.items() if name not in types]
    if len(allowed) > 1:
        return wrong
    (schema,) = allowed
    if "maxLength" in schema:
        wrong.append(st.just("x" * (schema["maxLength"] + 1)))
    if "maxItems" in schema:
        wrong.append(st.just(["x"] * (schema["maxItems"] + 1)))
    if "enum" in schema:
        wrong.append(st.just("none of these"))
    if "minimum" in schema:
        wrong.append(st.integers(max_value=schema["minimum"] - 1, min_value=-(10**30)))
    return wrong


def _with(payload: Json, path: tuple[str, ...], value: Any, *, missing: bool) -> Json:
    head, *rest = path
    if rest:
        return {**payload, head: _with(payload[head], tuple(rest), value, missing=missing)}
    return {key: item for key, item in payload.items() if key != head} | ({} if missing else {head: value})
