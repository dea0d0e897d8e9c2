package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.stores.contract.TestRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers of 2 bytes. */
class PgHalfvecStoreIT extends PgVectorContract {

    private static final int FRACTION = 10; // bits
    private static final int LEAST_EXPONENT = -14;

    @Override
    protected Map<String, List<String>> options() {
        return Map.of("vector-type", List.of("halfvec"));
    }

    /** Rounded by arithmetic: to a multiple of what the last bit of its exponent is worth. */
    @Override
    protected float[] kept(float[] vector) {
        var kept = new float[vector.length];
        for (var i = 0; i < kept.length; i++) {
            var step = Math.scalb(1.0, Math.max(LEAST_EXPONENT, Math.getExponent(vector[i])) - FRACTION);
            kept[i] = (float) (Math.rint(vector[i] / step) * step);
        }
        return kept;
    }

    @Test
    void aNumberThatIsTooLargeForAHalfIsToldOf() throws Exception {
        var address = address(name());
        var store = open(address);
        store.prepare(TestRow.TABLE);
        var good = TestRow.random("good", "h", random);
        good.vector()[0] = 65_519.99f; // rounds down to 65504
        var bad = TestRow.random("bad", "h", random);
        bad.vector()[7] = -65_520;
        var infinite = TestRow.random("infinite", "h", random);
        infinite.vector()[2] = Float.NaN;

        var receipt =
                write(store, "run1", List.of(bad, good, infinite), List.of()).get(0);

        assertThat(receipt.written()).isEqualTo(1);
        assertThat(receipt.refused().stream().map(refused -> refused.id() + ": " + refused.reason()))
                .containsExactly(
                        "bad: expected numbers that halfvec can hold, up to 65504, found -65520.0 as number 7 of the vector",
                        "infinite: expected finite numbers, found NaN as number 2 of the vector");
        assertSame(read(store, address), List.of(good));
    }
}
