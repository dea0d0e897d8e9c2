/**
 * Text to token ids by the model's own tokenizer.json. The only package that imports DJL.
 *
 * <p>{@code HuggingFaceTokenizer} is the {@code Tokenizer} of all models: {@code TextSlices} of a text go to the library, or
 * where it is BERT's through {@code BertWords}; an {@code IdBuffer} gathers ids, {@code SpecialTokens} go around them, and a {@code
 * TokenizedText} comes out, or a {@code TokenizerException}. {@code Chunker} cuts long texts into a {@code Chunk} each, at {@code
 * CutPlaces}. {@code DjlTokenizer} is what benchmarks compare with.
 */
package dev.packhorse.engine.tokenize;
