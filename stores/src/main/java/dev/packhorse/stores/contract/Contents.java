package dev.packhorse.stores.contract;

import java.util.Optional;

/**
 * What a store has before a run.
 *
 * @param isNew whether it has no rows, made just now or left so by a run that ended early, so that none needs to be looked for
 * @param mark what its rows are in step with, where an export has ended before
 * @param keepsMarks whether it can keep a mark; of a store that cannot nobody knows whose rows it has, so that no row is deleted
 */
public record Contents(boolean isNew, Optional<ExportMark> mark, boolean keepsMarks) {

    /** Of a store that keeps marks. */
    public Contents(boolean isNew, Optional<ExportMark> mark) {
        this(isNew, mark, true);
    }
}
