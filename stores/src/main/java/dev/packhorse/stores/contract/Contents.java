package dev.packhorse.stores.contract;

import java.util.Optional;

/**
 * What a store has before a run.
 *
 * @param isNew whether it has no rows, made just now or left so by a run that ended early, so that none needs to be looked for
 * @param mark what its rows are in step with, where an export has ended before
 */
public record Contents(boolean isNew, Optional<ExportMark> mark) {}
