package dev.packhorse.stores.contract;

import java.util.Optional;

/**
 * What a store has before a run.
 *
 * @param isNew whether it was made just now, so that no row needs to be looked for
 * @param mark what its rows are in step with, where an export has ended before
 */
public record Contents(boolean isNew, Optional<ExportMark> mark) {}
