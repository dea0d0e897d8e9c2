package dev.packhorse.engine.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.EncoderException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutOfDeviceMemoryTest {

    /** What ONNX Runtime says, as people have reported it. */
    private static final List<String> MESSAGES = List.of(
            "Error code - ORT_RUNTIME_EXCEPTION - message: Non-zero status code returned while running MatMul node. Name:'/encoder/layer.0/MatMul' Status Message: /onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 4294967296",
            "BFCArena::AllocateRawInternal: Available memory of 536870912 is smaller than requested bytes of 1073741824",
            "CUDA failure 2: out of memory ; GPU=0 ; hostname=node7 ; file=cuda_allocator.cc ; line=47 ; expr=cudaMalloc((void**)&p, size);",
            "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=node7 ; expr=cublasCreate(&cublas_handle_)",
            "CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED ; GPU=0",
            "cudaErrorMemoryAllocation",
            "CUDA error: out of memory");

    @Test
    void whatALibrarySaysOfMemoryIsFoundAlsoBehindOtherExceptions() {
        for (var message : MESSAGES) {
            var library = new IllegalStateException(message);
            assertThat(OutOfDeviceMemory.happened(library)).as(message).isTrue();
            assertThat(OutOfDeviceMemory.happened(new EncoderException("a launch failed", library)))
                    .isTrue();
        }
    }

    @Test
    void whatElseItSaysIsSomethingElse() {
        for (var message : List.of(
                "CUDA failure 700: an illegal memory access was encountered ; GPU=0",
                "CUDA failure 209: no kernel image is available for execution on the device",
                "CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED",
                "indices element out of data bounds, idx=550 must be within the inclusive range [-550,549]",
                "Cannot reserve 8192 bytes of direct buffer memory (allocated: 9, limit: 10)")) {
            assertThat(OutOfDeviceMemory.happened(new IllegalStateException(message)))
                    .as(message)
                    .isFalse();
        }
        assertThat(OutOfDeviceMemory.happened(new IllegalStateException())).isFalse();
        var endless = new IllegalStateException("one", new IllegalStateException("other"));
        endless.getCause().initCause(endless);
        assertThat(OutOfDeviceMemory.happened(endless)).isFalse();
    }
}
