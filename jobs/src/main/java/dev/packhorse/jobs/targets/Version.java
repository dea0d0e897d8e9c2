package dev.packhorse.jobs.targets;

import java.time.Instant;
import java.util.Map;

/**
 * A state of a target that was published once.
 *
 * @param id by which it is read and gone back to
 * @param created when
 * @param current whether it is what readers see
 * @param marks what its run said of it, see {@link Marks}; empty for what another program wrote
 */
public record Version(String id, Instant created, boolean current, Map<String, String> marks) {}
