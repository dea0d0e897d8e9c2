package dev.packhorse.engine.model;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is done to a text before the tokenizer's own rules. As sentence-transformers 6 does it (modules/transformer.py):
 * the prompt is put in front, nothing is stripped (its versions before 6 stripped white space), and lower-casing is a
 * normalizer in front of the tokenizer's, which leaves special tokens that stand in a text alone.
 *
 * @param prompt what stands in front of every text; empty for nothing
 * @param lowerCase whether the tokenizer lower-cases, if it does not by itself
 * @param tokenizer settings that count in place of those with the same names in tokenizer.json; see {@link TokenizerJson}
 */
public record TextPreparation(String prompt, boolean lowerCase, SortedMap<String, Boolean> tokenizer)
        implements Serializable {

    public TextPreparation {
        tokenizer = Collections.unmodifiableSortedMap(new TreeMap<>(tokenizer));
    }

    /** Texts as they are. */
    public static final TextPreparation NONE = new TextPreparation("", false, new TreeMap<>());

    /** The text that is tokenized. */
    public String apply(String text) {
        return prompt.isEmpty() ? text : prompt + text;
    }
}
