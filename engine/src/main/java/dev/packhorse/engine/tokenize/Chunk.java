package dev.packhorse.engine.tokenize;

/**
 * A piece of a text that is embedded as a text of its own.
 *
 * @param start where it begins in the text, in Unicode code points
 * @param end where it ends, in Unicode code points, exclusive
 * @param tokens what {@link Tokenizer#tokenize} makes of the piece
 */
public record Chunk(int start, int end, TokenizedText tokens) {}
