package dev.packhorse.engine.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class LostDeviceTest {

    @Test
    void errorsThatNothingComesAfterAreTold() {
        for (var message : List.of(
                "Non-zero status code returned while running Gemm node. Status Message: CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=node7",
                "CUDA failure 719: unspecified launch failure ; GPU=1",
                "CUDA error: uncorrectable ECC error encountered")) {
            assertThat(LostDevice.happened(new IllegalStateException(message)))
                    .as(message)
                    .isTrue();
        }
    }

    @Test
    void othersAreNot() {
        for (var message : List.of(
                "CUDA failure 2: out of memory ; GPU=0",
                "CUDA failure 9: invalid configuration argument",
                "CUDA failure 209: no kernel image is available for execution on the device",
                "Failed to allocate memory for requested buffer of size 700")) {
            assertThat(LostDevice.happened(new IllegalStateException(message)))
                    .as(message)
                    .isFalse();
        }
        assertThat(LostDevice.happened(new IllegalStateException())).isFalse();
    }

    @Test
    void whatIsThrownThenSaysWhatToDo() {
        var failure = new IllegalStateException("CUDA failure 700: an illegal memory access was encountered");
        assertThat(LostDevice.broken(new Device.Gpu("1"), failure))
                .hasMessage(
                        "cuda:1: expected it to compute, found that it does nothing more in this process, for CUDA failure 700: an illegal memory access was encountered; restart the executor")
                .hasCause(failure);
    }
}
