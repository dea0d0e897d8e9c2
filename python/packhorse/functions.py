"""Packhorse's SQL functions as functions of columns.

The session must know them: start it with ``spark.sql.extensions=dev.packhorse.udf.PackhorseExtensions``, or call
:func:`register` once. Options have the names of :class:`packhorse.TextEmbedder`'s Params.
"""

import re
from typing import TYPE_CHECKING, List, Union

from pyspark.sql import Column, SparkSession
from pyspark.sql.functions import call_function, create_map, lit

if TYPE_CHECKING:
    ColumnOrName = Union[Column, str]

Option = Union[str, int, bool, None]


def register(spark: SparkSession) -> None:
    """Makes the functions known to a session; those of Spark Connect need the extensions instead."""
    spark._jvm.dev.packhorse.udf.PackhorseFunctions.register(spark._jsparkSession)


def embed(text: "ColumnOrName", **options: Option) -> Column:
    """A text's vector, ``array<float>``; null where there is none.

    >>> df.withColumn("embedding", embed("text", model="all-minilm-l6-v2", maxBatchTokens=2048))
    """
    return call_function("embed", text, *_map(options))


def embed_with_details(text: "ColumnOrName", **options: Option) -> Column:
    """A text's ``struct<embedding: array<float>, tokens: int, truncated: boolean, error: string>``."""
    return call_function("embed_with_details", text, *_map(options))


def token_count(text: "ColumnOrName", **options: Option) -> Column:
    """How many tokens a text has for the model, special tokens and those that it does not read included."""
    return call_function("token_count", text, *_map(options))


def cosine_similarity(a: "ColumnOrName", b: "ColumnOrName") -> Column:
    """The cosine of the angle between two vectors; null where one has length 0."""
    return call_function("cosine_similarity", a, b)


def dot_product(a: "ColumnOrName", b: "ColumnOrName") -> Column:
    """The dot product of two vectors."""
    return call_function("dot_product", a, b)


def l2_distance(a: "ColumnOrName", b: "ColumnOrName") -> Column:
    """The Euclidean distance of two vectors."""
    return call_function("l2_distance", a, b)


def _map(options: "dict[str, Option]") -> List[Column]:
    """Options as the functions take them: a map of texts, by their names with dashes; nothing where there are none.

    ``None`` stands for an option that is not given, as it does for the Params of the stage.
    """
    given = {name: value for name, value in options.items() if value is not None}
    texts = [text for name in sorted(given) for text in (_dashed(name), _text(given[name]))]
    return [create_map(*map(lit, texts))] if texts else []


def _dashed(name: str) -> str:
    """``max-batch-tokens`` of ``maxBatchTokens``."""
    return re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), name)


def _text(value: Option) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
