package dev.packhorse.stores.files;

import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionType;
import java.util.List;

/** What kinds of files can be told beyond what every export can. Constants, immutable. */
final class FileOptions {

    static final Option<String> PINECONE_NAMESPACE = Option.of(
            "pinecone-namespace",
            OptionType.text(),
            "__default__",
            "The namespace that Pinecone imports the files into: the name of their folder.");

    static final Option<List<String>> VERTEX_METADATA = Option.of(
            "vertex-metadata",
            OptionType.texts(),
            List.of(),
            "A column carried along that Vertex AI keeps as metadata of a vector, not as something to filter by.");

    private FileOptions() {}
}
