package dev.packhorse.engine;

import dev.packhorse.engine.contract.Condition;

/** A condition of the fast path turned out not to be met. */
final class UnmetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Condition condition;

    UnmetException(Condition condition, Throwable cause) {
        super(condition.toString(), cause);
        this.condition = condition;
    }

    Condition condition() {
        return condition;
    }
}
