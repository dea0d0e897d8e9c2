package dev.packhorse.engine.model;

import java.io.Serializable;

/**
 * What is done to a text before the tokenizer's own rules. As sentence-transformers 6 does it (modules/transformer.py):
 * the prompt is put in front, nothing is stripped (its versions before 6 stripped white space), and lower-casing is a
 * normalizer in front of the tokenizer's, which leaves special tokens that stand in a text alone.
 *
 * @param prompt what stands in front of every text; empty for nothing
 * @param lowerCase whether the tokenizer lower-cases, if it does not by itself
 */
public record TextPreparation(String prompt, boolean lowerCase) implements Serializable {

    /** Texts as they are. */
    public static final TextPreparation NONE = new TextPreparation("", false);

    /** The text that is tokenized. */
    public String apply(String text) {
        return prompt.isEmpty() ? text : prompt + text;
    }
}
