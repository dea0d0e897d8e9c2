package dev.packhorse.engine.tokenize;

/** A tokenizer could not be opened, or a text not tokenized. */
public final class TokenizerException extends RuntimeException {

    /** @param message one line, which says what was expected and what was found */
    public TokenizerException(String message) {
        super(message);
    }

    /** The same for what another exception tells of. */
    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
