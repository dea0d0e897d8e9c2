package dev.packhorse.engine.onednn;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/**
 * The library, loaded once for the life of the process. Touching this class where it cannot be loaded throws a
 * LinkageError: ask {@link OneDnnSupport} first. Thread-safe; what it holds is never closed.
 */
final class OneDnn {

    /** The engine that all primitives are made for; thread-safe. */
    static final engine CPU;

    /** The instruction set that kernels are chosen by, as oneDNN's bit mask (dnnl_types.h, dnnl_cpu_isa_t). */
    private static final int ISA;

    static {
        setUnlessSet("org.bytedeco.javacpp.logger", "slf4j");
        // JavaCPP counts the whole process, heap and other libraries included, against four times the heap
        setUnlessSet("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Loader.load(dnnl.class);
        CPU = new engine(engine.kind.cpu, 0);
        CPU.retainReference(); // whatever scope whoever comes first is in
        ISA = dnnl.dnnl_get_effective_cpu_isa();
    }

    private OneDnn() {}

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Whether the CPU multiplies bfloat16 numbers itself. */
    static boolean hasBfloat16() {
        return includes(dnnl.dnnl_cpu_isa_avx512_core_bf16);
    }

    /** Whether the CPU sums products of 8-bit numbers in 32 bits; without, pairs of them are summed in 16. */
    static boolean hasVnni() {
        return includes(dnnl.dnnl_cpu_isa_avx512_core_vnni) || includes(dnnl.dnnl_cpu_isa_avx2_vnni);
    }

    private static boolean includes(int isa) {
        return (ISA & isa) == isa;
    }

    /** The instruction set's name, such as {@code avx512_core_bf16}. */
    static String isa() {
        for (var isa : dnnl.cpu_isa.values()) {
            if (isa.value == ISA) {
                return isa.name();
            }
        }
        return "isa " + ISA;
    }
}
