package dev.packhorse.udf;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.StageOptions;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes python/packhorse/text_embedder.py from the list of options; a test holds the file to it. */
final class PythonStage {

    private static final String TEMPLATE = """
            \"""A stage of a pipeline that adds vectors. Made from the list of options in the code; do not edit.\"""

            from typing import Any, Optional

            from pyspark import keyword_only
            from pyspark.ml.param import Param, Params, TypeConverters
            from pyspark.ml.util import JavaMLReadable, JavaMLWritable
            from pyspark.ml.wrapper import JavaTransformer
            from pyspark.sql import DataFrame

            from packhorse._java import StageReader, register_stage, stage_of


            class TextEmbedder(JavaTransformer, JavaMLReadable, JavaMLWritable):
                \"""Adds vectors to a column of texts: %s in Python, with its Params and defaults.

                >>> TextEmbedder(inputCol="text", outputCol="features", outputType="vector").transform(df)
                \"""

                JAVA_CLASS = "%s"

            %s

                @keyword_only
                def __init__(
                    self,
                    *,
            %s
                ) -> None:
                    super().__init__()
                    self._java_obj = self._new_java_obj(self.JAVA_CLASS, self.uid)
                    self._setDefault(
            %s
                    )
                    self._set(**self._input_kwargs)

                @keyword_only
                def setParams(
                    self,
                    *,
            %s
                ) -> "TextEmbedder":
                    \"""Sets those Params that are given.\"""
                    return self._set(**self._input_kwargs)

                @classmethod
                def read(cls) -> StageReader:
                    \"""Reads what ``save`` wrote.\"""
                    return StageReader(cls)

                @staticmethod
                def _from_java(java_stage: Any) -> "TextEmbedder":
                    return stage_of(java_stage, TextEmbedder)

                def embed(self, dataset: DataFrame) -> DataFrame:
                    \"""Adds the columns: ``transform`` by the name that DJL's TextEmbedder has for it.\"""
                    return self.transform(dataset)

            %s


            register_stage(TextEmbedder)
            """;

    private PythonStage() {}

    /** The whole file. */
    static String file() {
        return TEMPLATE.formatted(
                TextEmbedder.class.getName(),
                TextEmbedder.class.getName(),
                each("\n\n", PythonStage::param),
                each("\n", PythonStage::keyword),
                StageOptions.WITH_ENCODING.stream()
                        .filter(option -> option.fallback().isPresent())
                        .map(option -> " ".repeat(12) + option.camelCase() + "=" + fallback(option) + ",")
                        .collect(Collectors.joining("\n")),
                each("\n", PythonStage::noKeyword),
                each("\n\n", PythonStage::accessors));
    }

    private static String each(String separator, Function<Option<?>, String> text) {
        return StageOptions.WITH_ENCODING.stream().map(text).collect(Collectors.joining(separator));
    }

    private static String param(Option<?> option) {
        return """
                    %s: "Param[%s]" = Param(
                        Params._dummy(),
                        "%s",
                        %s,
                        typeConverter=TypeConverters.%s,
                    )""".formatted(
                        option.camelCase(),
                        type(option),
                        option.camelCase(),
                        quoted(option.help() + " (" + option.type().label() + ")"),
                        switch (option.type().kind()) {
                            case TEXT -> "toString";
                            case INTEGER -> "toInt";
                            case BOOLEAN -> "toBoolean";
                        })
                .indent(4)
                .stripTrailing();
    }

    private static String keyword(Option<?> option) {
        return option.fallback().isPresent()
                ? "        %s: %s = %s,".formatted(option.camelCase(), type(option), fallback(option))
                : noKeyword(option);
    }

    private static String noKeyword(Option<?> option) {
        return "        %s: Optional[%s] = None,".formatted(option.camelCase(), type(option));
    }

    private static String accessors(Option<?> option) {
        var name = option.camelCase();
        var capital = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        return """
                def set%s(self, value: %s) -> "TextEmbedder":
                    \"""Sets ``%s``.\"""
                    return self._set(%s=value)

                def get%s(self) -> %s:
                    \"""The value of ``%s`` or its default.\"""
                    return self.getOrDefault(self.%s)
                """.formatted(capital, type(option), name, name, capital, type(option), name, name)
                .indent(4)
                .replaceAll("(?m)^ +$", "")
                .stripTrailing();
    }

    private static String type(Option<?> option) {
        return switch (option.type().kind()) {
            case TEXT -> "str";
            case INTEGER -> "int";
            case BOOLEAN -> "bool";
        };
    }

    private static <T> String fallback(Option<T> option) {
        var text = option.type().writer().apply(option.fallback().orElseThrow());
        return switch (option.type().kind()) {
            case TEXT -> quoted(text);
            case INTEGER -> text;
            case BOOLEAN -> Boolean.parseBoolean(text) ? "True" : "False";
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
