package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuDevicesTest {

    @TempDir
    Path root;

    @BeforeEach
    void aMachineWithFour() throws IOException {
        Files.createDirectory(root.resolve("dev"));
        for (var name : new String[] {
            "nvidia0", "nvidia1", "nvidia2", "nvidia10", "nvidiactl", "nvidia-uvm", "nvidia-caps", "null"
        }) {
            Files.createFile(root.resolve("dev").resolve(name));
        }
    }

    @Test
    void allOfAMachineAreSeenWhereNobodySaysOtherwise() {
        var devices = new GpuDevices(root, Optional.empty());

        assertThat(devices.count()).isEqualTo(4);
        assertThat(devices.found()).isEqualTo("4 in /dev");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|0",
                "-1|0",
                "NoDevFiles|0",
                "2|1",
                " 3 , 0 |2",
                "0,1,2,3|4",
                "0,4,1|1",
                "0,-1,1|1",
                "0,,1|1",
                "1,1,2|1",
                "99999999999|0",
                "GPU-8932f937,1,GPU-1a2b|3",
                "GPU-a,GPU-b,GPU-c,GPU-d,GPU-e|4",
                "MIG-5f1c,MIG-77aa|1"
            })
    void ofAListThoseCountThatComeBeforeTheFirstThatIsNotThere(String list, int count) {
        assertThat(new GpuDevices(root, Optional.of(list)).count()).isEqualTo(count);
    }

    @Test
    void whatThereIsIsNamed() {
        assertThat(new GpuDevices(root, Optional.of("")).found()).isEqualTo("4 in /dev, and CUDA_VISIBLE_DEVICES=");
        assertThat(new GpuDevices(root.resolve("none"), Optional.of("0")).found())
                .isEqualTo("no /dev/nvidia0, and CUDA_VISIBLE_DEVICES=0");
    }

    @Test
    void aMachineWithoutHasNoneWhateverIsSaid() {
        assertThat(new GpuDevices(root.resolve("none"), Optional.empty()).count())
                .isZero();
        assertThat(new GpuDevices(root.resolve("none"), Optional.of("0,GPU-1")).count())
                .isZero();
    }

    @Test
    void onWindowsSubsystemForLinuxOneIsSure() throws IOException {
        var windows = Files.createDirectories(root.resolve("windows/dev"));
        Files.createFile(windows.resolve("dxg"));

        assertThat(new GpuDevices(windows.getParent(), Optional.empty()).count())
                .isEqualTo(1);
    }
}
