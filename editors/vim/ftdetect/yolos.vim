autocmd BufRead,BufNewFile *.yolos setfiletype yolos
