package dev.packhorse.engine.tokenize;

/** A tokenizer could not be opened, or a text not tokenized. */
public final class TokenizerException extends RuntimeException {

    public TokenizerException(String message) {
        super(message);
    }

    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
