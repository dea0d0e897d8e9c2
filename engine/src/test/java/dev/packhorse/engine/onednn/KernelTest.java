package dev.packhorse.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.NestedMachine;
import dev.packhorse.engine.contract.EncoderException;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KernelTest {

    @BeforeAll
    static void needsOneDnn() {
        NestedMachine.assume();
    }

    /** A zero point for each token: the natural way to write it, and a thousand times slower without a word. */
    @Test
    void whatTheLibraryOnlyHasAsAReferenceIsRefused() {
        try (var scope = new PointerScope()) {
            var attributes = Kernel.attributes();
            attributes.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, 2);
            attributes.set_zero_points(dnnl.DNNL_ARG_SRC, 3, new long[] {1, 64}, memory.data_type.s32, false);
            var description = new matmul.primitive_desc(
                    OneDnn.CPU,
                    Descs.matrix(memory.data_type.u8, 32, 64),
                    Descs.any(memory.data_type.s8, 64, 64),
                    Descs.matrix(memory.data_type.f32, 32, 64),
                    attributes,
                    false);
            assertThatThrownBy(() -> Kernel.of("a matmul", description))
                    .isInstanceOf(EncoderException.class)
                    .hasMessageMatching("a matmul: expected an optimised kernel for " + OneDnn.isa()
                            + ", oneDNN has only its reference \\(ref.*\\)");
        }
    }

    @Test
    void anOptimisedKernelSaysItsName() {
        try (var scope = new PointerScope()) {
            var square = Descs.matrix(memory.data_type.f32, 64, 64);
            var description = new matmul.primitive_desc(OneDnn.CPU, square, square, square, Kernel.attributes(), false);
            assertThat(Kernel.of("a matmul", description).implementation()).isNotEmpty();
        }
    }
}
