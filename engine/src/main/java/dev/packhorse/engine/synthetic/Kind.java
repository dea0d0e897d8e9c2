package dev.packhorse.engine.synthetic;

/** What transformers calls a model type, as far as it decides files and graphs. */
enum Kind {
    /** Positions count from 0 on, whatever the tokens are. */
    BERT("bert", "BertModel", 0, 2, 1e-12),
    /** Positions count from behind the padding token's id on, and padding has its own. */
    XLM_ROBERTA("xlm-roberta", "XLMRobertaModel", 1, 1, 1e-5);

    private final String modelType;
    private final String architecture;
    private final int padding;
    private final int types;
    private final double epsilon;

    Kind(String modelType, String architecture, int padding, int types, double epsilon) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.padding = padding;
        this.types = types;
        this.epsilon = epsilon;
    }

    String modelType() {
        return modelType;
    }

    /** Its class in transformers. */
    String architecture() {
        return architecture;
    }

    /** The padding token's id. */
    int padding() {
        return padding;
    }

    /** How many token types there are. */
    int types() {
        return types;
    }

    /** What norms add to the variance. */
    double epsilon() {
        return epsilon;
    }

    /** The rows of a position table in front of the first token's. */
    int positionsBefore() {
        return switch (this) {
            case BERT -> 0;
            case XLM_ROBERTA -> padding + 1;
        };
    }
}
