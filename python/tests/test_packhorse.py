"""Run by hand, ``python -m unittest discover python/tests``: the build needs no Python."""

import pathlib
import sys
import types
import unittest

import fake_pyspark

fake_pyspark.install()
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import packhorse  # noqa: E402


class TextEmbedderTest(unittest.TestCase):
    def test_it_is_made_with_the_java_stage_of_its_name(self):
        stage = packhorse.TextEmbedder()
        self.assertEqual(stage._java_obj.getName(), "dev.packhorse.udf.TextEmbedder")
        self.assertEqual(stage._java_obj.uid(), stage.uid)

    def test_params_that_are_given_are_set_and_others_have_their_defaults(self):
        stage = packhorse.TextEmbedder(outputType="vector", normalize=True).setMaxBatchTokens(99)
        stage.setParams(prompt="query: ")
        self.assertEqual(
            stage.values,
            {"outputType": "vector", "normalize": True, "maxBatchTokens": 99, "prompt": "query: "},
        )
        self.assertEqual(stage.getOutputType(), "vector")
        self.assertEqual(stage.getWindowRows(), 8192)
        self.assertEqual(stage.getInputCol(), "text")

    def test_unknown_params_and_values_of_other_types_are_refused(self):
        with self.assertRaises(TypeError):
            packhorse.TextEmbedder(maxBatchToken=1)
        with self.assertRaises(TypeError):
            packhorse.TextEmbedder(maxBatchTokens="many")

    def test_embed_is_transform(self):
        self.assertEqual(packhorse.TextEmbedder().embed("rows"), ("transformed", "rows"))

    def test_it_is_read_by_its_java_name_from_stages_and_pipelines(self):
        self.assertEqual(packhorse.TextEmbedder.read().java_class, "dev.packhorse.udf.TextEmbedder")
        ours = fake_pyspark.JavaStage("dev.packhorse.udf.TextEmbedder", "kept")
        for read in (packhorse.TextEmbedder._from_java, fake_pyspark.JavaParams._from_java):
            stage = read(ours)
            self.assertIsInstance(stage, packhorse.TextEmbedder)
            self.assertEqual((stage.uid, stage._java_obj, stage.transferred), ("kept", ours, True))
        other = fake_pyspark.JavaStage("org.apache.spark.ml.clustering.KMeans", "other")
        self.assertEqual(fake_pyspark.JavaParams._from_java(other), "theirs: " + other.getName())


class FunctionsTest(unittest.TestCase):
    def test_options_become_a_map_of_texts(self):
        self.assertEqual(
            packhorse.embed("text", normalize=False, maxBatchTokens=99),
            (
                "embed",
                "text",
                (
                    "map",
                    ("lit", "max-batch-tokens"),
                    ("lit", "99"),
                    ("lit", "normalize"),
                    ("lit", "false"),
                ),
            ),
        )

    def test_no_options_are_no_map(self):
        for function in (packhorse.embed, packhorse.embed_with_details, packhorse.token_count):
            self.assertEqual(function("text"), (function.__name__, "text"))

    def test_none_is_an_option_that_is_not_given(self):
        self.assertEqual(packhorse.embed("text", prompt=None), ("embed", "text"))
        self.assertEqual(
            packhorse.embed("text", prompt=None, truncateDim=3),
            ("embed", "text", ("map", ("lit", "truncate-dim"), ("lit", "3"))),
        )

    def test_distances_take_two_columns(self):
        for function in (packhorse.cosine_similarity, packhorse.dot_product, packhorse.l2_distance):
            self.assertEqual(function("a", "b"), (function.__name__, "a", "b"))

    def test_register_calls_java_with_the_java_session(self):
        called = []
        functions = types.SimpleNamespace(register=called.append)
        jvm = types.SimpleNamespace(
            dev=types.SimpleNamespace(
                packhorse=types.SimpleNamespace(udf=types.SimpleNamespace(PackhorseFunctions=functions))
            )
        )
        packhorse.register(types.SimpleNamespace(_jvm=jvm, _jsparkSession="the session"))
        self.assertEqual(called, ["the session"])


if __name__ == "__main__":
    unittest.main()
