package dev.packhorse.engine.model;

import dev.packhorse.engine.contract.ModelException;

/** Python's pickles, which run code when they are read, and are therefore not. */
final class Pickles {

    private Pickles() {}

    static ModelException refused(Contents contents, String expected, String found) {
        return new ModelException("%s: expected it, found only %s, a pickle, which is not read because reading one runs"
                        .formatted(contents.where(expected), found)
                + " code; convert the model: python -c \"from sentence_transformers import SentenceTransformer as S;"
                + " S('%s').save('NEW')\"".formatted(contents.folder()));
    }
}
