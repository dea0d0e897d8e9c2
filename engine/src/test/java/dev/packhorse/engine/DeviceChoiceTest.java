package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Device;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceChoiceTest {

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda", "cuda:0", "cuda:13"})
    void whatIsWrittenIsRead(String text) {
        assertThat(DeviceChoice.parse(text).id()).isEqualTo(text);
        assertThat(DeviceChoice.parse(" " + text.toUpperCase(Locale.ROOT) + " "))
                .isEqualTo(DeviceChoice.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0,1", "cuda:12345", "cuda 0", "cpu:0"})
    void nothingElseIs(String text) {
        assertThatThrownBy(() -> DeviceChoice.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such device");
    }

    @Test
    void anEngineIsBoundToWhatWasAskedFor() {
        assertThat(new DeviceChoice.Cpu().device()).isEqualTo(new Device.Cpu());
        assertThat(new DeviceChoice.Cuda(Optional.empty()).device()).isEqualTo(new Device.Gpu(List.of()));
        assertThat(new DeviceChoice.Cuda(Optional.of(2)).device()).isEqualTo(new Device.Gpu("2"));
        assertThat(DeviceChoice.parse("cuda:07")).isEqualTo(new DeviceChoice.Cuda(Optional.of(7)));
    }
}
