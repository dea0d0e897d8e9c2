package dev.packhorse.engine.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * NVIDIA's GPUs as a process sees them, without CUDA's libraries.
 *
 * @param root of the file system
 * @param visible the environment variable CUDA_VISIBLE_DEVICES, which leaves some out and gives the others another order
 *     (docs.nvidia.com/cuda/cuda-programming-guide, appendix CUDA Environment Variables)
 */
record GpuDevices(Path root, Optional<String> visible) {

    static final String VARIABLE = "CUDA_VISIBLE_DEVICES";

    private static final Pattern DEVICE = Pattern.compile("nvidia\\d+");

    /** This process's. */
    static GpuDevices here() {
        return new GpuDevices(Path.of("/"), Optional.ofNullable(System.getenv(VARIABLE)));
    }

    /** How many of them CUDA will number from 0 on. */
    int count() {
        var installed = installed();
        return visible.map(list -> counted(list, installed)).orElse(installed);
    }

    private int installed() {
        try (var files = Files.list(root.resolve("dev"))) {
            var devices = (int) files.filter(file ->
                            DEVICE.matcher(file.getFileName().toString()).matches())
                    .count();
            // Windows' subsystem for Linux has one device for all GPUs, and tells only CUDA how many those are
            return devices == 0 && Files.exists(root.resolve("dev/dxg")) ? 1 : devices;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Up to the first that is not there: CUDA ignores it and what follows. */
    private static int counted(String list, int installed) {
        var seen = new HashSet<String>();
        for (var entry : list.split(",", -1)) {
            var name = entry.strip();
            if (seen.size() == installed || !isThere(name, installed) || !seen.add(name)) {
                break;
            }
            if (name.startsWith("MIG-")) {
                return 1; // of a GPU's slices a process gets one, and no other GPU beside it
            }
        }
        return seen.size();
    }

    private static boolean isThere(String name, int installed) {
        return name.startsWith("GPU-")
                || name.startsWith("MIG-")
                || (name.matches("\\d{1,4}") && Integer.parseInt(name) < installed);
    }

    /** What there is, for messages. */
    String found() {
        var installed = installed();
        var there = installed == 0 ? "no /dev/nvidia0" : installed + " in /dev";
        return visible.map(list -> "%s, and %s=%s".formatted(there, VARIABLE, list))
                .orElse(there);
    }
}
