package dev.packhorse.engine.synthetic;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sizes of well-known models. */
public enum Shape {
    /** huggingface.co/sentence-transformers/all-MiniLM-L6-v2: 22.6 million weights. */
    MINILM("minilm"),
    /** huggingface.co/google-bert/bert-base-uncased: 109 million weights. */
    BERT_BASE("bert-base"),
    /** huggingface.co/FacebookAI/xlm-roberta-large: 559 million weights. */
    XLM_R_LARGE("xlm-r-large");

    private final String id;

    Shape(String id) {
        this.id = id;
    }

    /** The name that options use. */
    public String id() {
        return id;
    }

    /** The shape of that name, where there is one. */
    public static Optional<Shape> named(String id) {
        return Arrays.stream(values()).filter(shape -> shape.id.equals(id)).findFirst();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Shape::id).collect(Collectors.joining(", "));
    }

    /** The bytes of one copy of its weights in float32. */
    public long bytes() {
        return Parameters.of(sizes()).stream().mapToLong(Parameter::bytes).sum();
    }

    Sizes sizes() {
        return switch (this) {
            case MINILM -> new Sizes(Kind.BERT, 6, 384, 12, 1_536, 30_522, 512);
            case BERT_BASE -> new Sizes(Kind.BERT, 12, 768, 12, 3_072, 30_522, 512);
            case XLM_R_LARGE -> new Sizes(Kind.XLM_ROBERTA, 24, 1_024, 16, 4_096, 250_002, 514);
        };
    }
}
