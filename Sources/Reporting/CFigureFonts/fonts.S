    .section .rodata
    .balign 16
    .globl vgglab_sans_regular_start
    .globl vgglab_sans_regular_end
vgglab_sans_regular_start:
    .incbin "vgglab-sans-regular.ttf"
vgglab_sans_regular_end:
    .byte 0
    .balign 16
    .globl vgglab_sans_bold_start
    .globl vgglab_sans_bold_end
vgglab_sans_bold_start:
    .incbin "vgglab-sans-bold.ttf"
vgglab_sans_bold_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
