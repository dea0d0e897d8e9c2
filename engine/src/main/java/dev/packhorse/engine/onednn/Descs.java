package dev.packhorse.engine.onednn;

import org.bytedeco.dnnl.memory;

/** Descriptions of memory: which numbers lie where. Made in the caller's scope, which closes them. Thread-safe. */
final class Descs {

    private Descs() {}

    /** [rows, columns] row-major. */
    static memory.desc matrix(memory.data_type type, long rows, long columns) {
        return strided(type, new long[] {rows, columns}, new long[] {columns, 1});
    }

    /** [rows, columns], row-major, each row {@code stride} numbers after the one before. */
    static memory.desc matrix(memory.data_type type, long rows, long columns, long stride) {
        return strided(type, new long[] {rows, columns}, new long[] {stride, 1});
    }

    /** [rows, columns], column-major. */
    static memory.desc columnMajor(memory.data_type type, long rows, long columns) {
        return strided(type, new long[] {rows, columns}, new long[] {1, rows});
    }

    /** [size] numbers, one after the other. */
    static memory.desc vector(memory.data_type type, long size) {
        return strided(type, new long[] {size}, new long[] {1});
    }

    /** [rows, columns] in the layout that the kernel likes best. */
    static memory.desc any(memory.data_type type, long rows, long columns) {
        return new memory.desc(new long[] {rows, columns}, type, memory.format_tag.any);
    }

    /** @param strides how many numbers from one to the next, for each dimension of the shape */
    static memory.desc strided(memory.data_type type, long[] shape, long[] strides) {
        return new memory.desc(shape, type, strides);
    }
}
