package dev.packhorse.engine.gpu;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderInfo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/** What several sessions are together. */
final class DeviceInfos {

    private DeviceInfos() {}

    /**
     * One for all.
     *
     * @param infos at least one
     * @return the first, on all their devices, for all their reasons
     * @throws IllegalStateException when their vectors would differ
     */
    static EncoderInfo together(List<EncoderInfo> infos) {
        var first = infos.get(0);
        for (var info : infos) {
            if (!vectors(info).equals(vectors(first))) {
                throw new IllegalStateException(
                        "expected sessions that compute the same, found %s and %s".formatted(text(first), text(info)));
            }
        }
        var reasons = infos.stream().map(EncoderInfo::reason).collect(Collectors.toCollection(LinkedHashSet::new));
        return new EncoderInfo(
                first.name(),
                device(infos),
                first.precision(),
                first.kernel(),
                first.dimension(),
                first.padded(),
                String.join("; ", reasons));
    }

    /** What must be alike. */
    private static List<Object> vectors(EncoderInfo info) {
        return List.of(
                info.name(), info.precision(), info.dimension(), info.padded(), info.device() instanceof Device.Gpu);
    }

    private static String text(EncoderInfo info) {
        return "%s on %s, %s, vectors of %d"
                .formatted(info.name(), info.device().id(), info.precision().id(), info.dimension());
    }

    private static Device device(List<EncoderInfo> infos) {
        var addresses = infos.stream()
                .map(EncoderInfo::device)
                .filter(Device.Gpu.class::isInstance)
                .flatMap(device -> ((Device.Gpu) device).addresses().stream())
                .toList();
        return infos.get(0).device() instanceof Device.Gpu ? new Device.Gpu(addresses) : new Device.Cpu();
    }
}
