package dev.packhorse.stores.flight;

import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows as a result: each part hands out its rows a number of times, in batches of them all. */
record TestResult(
        String name,
        List<List<TestRow>> parts,
        int times,
        BufferAllocator allocator,
        AtomicInteger batches,
        AtomicInteger ended)
        implements FlightResult {

    TestResult(String name, List<List<TestRow>> parts, int times, BufferAllocator allocator) {
        this(name, parts, times, allocator, new AtomicInteger(), new AtomicInteger());
    }

    @Override
    public VectorTable table() {
        return TestRow.TABLE;
    }

    @Override
    public int partitions() {
        return parts.size();
    }

    @Override
    public long rows() {
        return (long) times * parts.stream().mapToInt(List::size).sum();
    }

    @Override
    public void read(int partition, Consumer<VectorSchemaRoot> sink) {
        try {
            for (var i = 0; i < times && !parts.get(partition).isEmpty(); i++) {
                try (var batch = TestRow.batch(TestRow.TABLE, parts.get(partition), allocator)) {
                    batches.incrementAndGet();
                    sink.accept(batch);
                }
            }
        } finally {
            ended.incrementAndGet();
        }
    }
}
