"""Packhorse from PySpark: texts into embeddings. The work is done by the Packhorse jar, which the session must have."""

from packhorse.functions import (
    cosine_similarity,
    dot_product,
    embed,
    embed_with_details,
    l2_distance,
    register,
    token_count,
)
from packhorse.text_embedder import TextEmbedder

__all__ = [
    "TextEmbedder",
    "cosine_similarity",
    "dot_product",
    "embed",
    "embed_with_details",
    "l2_distance",
    "register",
    "token_count",
]
